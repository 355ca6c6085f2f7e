/**
 * The contract: what a device can do, stated once, with two providers (cpu, cuda) that one conformance suite holds.
 *
 * <p>An {@link dev.rectifier.engine.Engine} hands out {@link dev.rectifier.engine.Arena}s; an arena owns
 * {@link dev.rectifier.engine.Buffer}s; operations read and write {@link dev.rectifier.engine.View}s of buffers.
 * The leading axis of every view is the replica.
 *
 * <p>May import: tensor.
 */
@NullMarked
package dev.rectifier.engine;

import org.jspecify.annotations.NullMarked;

/**
 * What networks are fed with: streams made fresh on the device at every step, finite sets of examples there, sets that stay
 * on the host, and the order in which minibatches take them, always a pure function of (seed, replica, step), so that any
 * step can be made again.
 *
 * <p>Knows no network and no loss. May import: engine, tensor.
 */
@NullMarked
package dev.rectifier.data;

import org.jspecify.annotations.NullMarked;

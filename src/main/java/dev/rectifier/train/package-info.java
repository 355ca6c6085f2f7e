/**
 * The training loop, closed: what is trained, how and for how long is a value ({@link dev.rectifier.train.TrainSpec}); what
 * is looked at is a {@link dev.rectifier.train.Listener} under a {@link dev.rectifier.train.Cadence}; what survives an
 * interruption is a {@link dev.rectifier.train.Checkpoint}. New behaviour is a new value or listener, never a change of
 * {@link dev.rectifier.train.Trainer}.
 *
 * <p>Touches no file and no clock. May import: model, data, engine, tensor.
 */
@NullMarked
package dev.rectifier.train;

import org.jspecify.annotations.NullMarked;

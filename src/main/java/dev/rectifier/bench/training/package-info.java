/**
 * Suites whose calls are training steps of whole ensembles: ours through {@code train.Trainer} in every {@code Way} it knows,
 * peers through their protocol, all on the same starting weights and data, all verified against fp64 training.
 *
 * <p>May import: bench, train, model, data, engine, stats, tensor.
 */
@NullMarked
package dev.rectifier.bench.training;

import org.jspecify.annotations.NullMarked;

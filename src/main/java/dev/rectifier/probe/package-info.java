/**
 * Measurements of a network in training, as listeners of the trainer that write to the run's metric log, and checks of the
 * engine's gradients by host code that shares nothing with it.
 *
 * <p>May import: train, curvature, model, stats, record, engine, tensor.
 */
@NullMarked
package dev.rectifier.probe;

import org.jspecify.annotations.NullMarked;

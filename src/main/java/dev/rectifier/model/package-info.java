/**
 * Networks as values: what a multilayer perceptron is ({@link dev.rectifier.model.MlpSpec}), where its parameters lie in the
 * flat vector ({@link dev.rectifier.model.ParameterLayout}), how they start ({@link dev.rectifier.model.Initializer},
 * {@link dev.rectifier.model.InitScheme}, {@link dev.rectifier.model.Parametrisation}), and what it computes on an engine
 * ({@link dev.rectifier.model.Mlp} on a {@link dev.rectifier.model.Tape}).
 *
 * <p>Knows no data, no loss and no optimiser. May import: engine, tensor.
 */
@NullMarked
package dev.rectifier.model;

import org.jspecify.annotations.NullMarked;

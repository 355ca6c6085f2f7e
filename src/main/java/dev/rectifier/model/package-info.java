/**
 * Networks as values: a multilayer perceptron ({@link dev.rectifier.model.MlpSpec}) or a chain of layers ({@link
 * dev.rectifier.model.ChainSpec}); where their parameters and running moments lie in flat vectors ({@link
 * dev.rectifier.model.ParameterLayout}, {@link dev.rectifier.model.StateDict}), how they start ({@link
 * dev.rectifier.model.Initializer}, {@link dev.rectifier.model.InitScheme}, {@link dev.rectifier.model.Parametrisation}), and what
 * they compute on an engine: {@link dev.rectifier.model.Network} and {@link dev.rectifier.model.Pass} for both kinds, {@link
 * dev.rectifier.model.Mlp} on a {@link dev.rectifier.model.Tape}, {@link dev.rectifier.model.ChainPass} with second derivatives.
 *
 * <p>Knows no data, no loss and no optimiser. May import: engine, tensor.
 */
@NullMarked
package dev.rectifier.model;

import org.jspecify.annotations.NullMarked;

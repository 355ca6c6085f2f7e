/**
 * Second derivatives of a loss at fixed parameters, and questions about them. {@link dev.rectifier.curvature.LossPoint} keeps the
 * passes of networks over a fixed set of examples and gives Hessian, Gauss-Newton, Fisher and Jacobian products; whoever asks
 * (Lanczos, traces, densities) sees a {@link dev.rectifier.curvature.LinearOperator} and never learns which one.
 *
 * <p>May import: model, data, engine, tensor; Commons Math for the error function.
 */
@NullMarked
package dev.rectifier.curvature;

import org.jspecify.annotations.NullMarked;

package dev.rectifier.engine;

/**
 * An optimiser step with the guard before it, see {@link UpdateOps#guardedStep}.
 *
 * @param rule the optimiser's
 * @param parameters weights, gradient, state, mask
 * @param hyper F64 [R, {@link Hyper#count()}]
 * @param health read and written
 * @param loss F64 [R]
 */
public record GuardedUpdate(UpdateRule rule, Parameters parameters, View hyper, Health health, View loss) {}

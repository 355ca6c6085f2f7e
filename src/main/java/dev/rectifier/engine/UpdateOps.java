package dev.rectifier.engine;

/** Optimiser steps over flat parameters, the finiteness guard and the projection to unit norm. */
public interface UpdateOps {
    /**
     * Freezes replicas whose loss ({@link FreezeCause#LOSS}) or gradient ({@link FreezeCause#GRADIENT}) is not finite;
     * the loss is looked at first. Replicas already frozen keep their cause and step.
     *
     * @param loss F64 [R]
     * @param gradient [R, P]
     */
    void guard(Health health, View loss, View gradient, long step);

    /**
     * One optimiser step of every replica that is not frozen. If any new weight or state of a replica would not be
     * finite, that replica keeps all old bits and is frozen with {@link FreezeCause#WEIGHT}.
     *
     * <p>Arithmetic is in the element type; the per-replica scalars are formed in fp64 and rounded once.
     *
     * @param hyper F64 [R, {@link Hyper#count()}]
     * @param factor of the learning-rate schedule at this step
     * @param step 0-based number of the step, for bias corrections and for the mark of a frozen replica
     */
    void step(UpdateRule rule, Parameters parameters, View hyper, Health health, double factor, long step);

    /**
     * {@link #guard} of the loss and the gradient, then {@link #step}: the same bits, causes and marks. An engine may look at
     * the gradient in the pass that uses it.
     *
     * @param factor of the learning-rate schedule at this step
     * @param step 0-based number of the step
     */
    default void guardedStep(GuardedUpdate update, double factor, long step) {
        guard(update.health(), update.loss(), update.parameters().gradient(), step);
        step(update.rule(), update.parameters(), update.hyper(), update.health(), factor, step);
    }

    /**
     * Divides each row of w, together with its bias, by their joint Euclidean norm: w[r,k,:], b[r,k] become
     * (w, b) / |(w[r,k,:], b[r,k])|. A zero row stays zero. Frozen replicas do not change.
     *
     * @param w [R, K, D] in and out
     * @param b [R, K] in and out
     */
    void normalizeRows(View w, View b, Health health);
}

package dev.rectifier.engine;

import java.util.Optional;

/**
 * Training of wide two-layer networks that reads and writes every weight once per step: the update of one step and the
 * forward pass of the next are one {@link Sweep}. A hidden unit's gradient needs, besides its own weights, only the slopes of
 * the loss at the outputs; those are known before the sweep begins.
 *
 * <p>All engines sum in the same order, so sweeps from the same slopes leave the same bits on all of them. That order is another
 * one than that of {@link DenseOps} (outputs are summed by groups of hidden units), so the way of training is part of a run's
 * identity. Products are IEEE whatever the engine's {@link MathMode}; where another is asked for, fp32 tasks are refused.
 */
public interface StreamedOps {
    /** Hidden units whose contributions are summed first, as a butterfly. */
    int GROUP = 32;

    /** Groups that are summed in one go, in {@value #STRANDS} strands, in fp64. */
    int STAGE = 1024;

    /** See {@link #STAGE}. */
    int STRANDS = 256;

    /** An engine without. */
    StreamedOps NONE = new StreamedOps() {
        @Override
        public Optional<String> refusal(ResidentTask task, long examples) {
            return Optional.of("this engine has no sweeps");
        }

        @Override
        public Optional<String> disadvantage(ResidentTask task, long examples) {
            return Optional.empty();
        }

        @Override
        public void sweep(Sweep sweep) {
            throw new UnsupportedOperationException("This engine has no sweeps.");
        }

        @Override
        public void outputs(View y, View partial, Optional<View> bias) {
            throw new UnsupportedOperationException("This engine has no sweeps.");
        }

        @Override
        public void guard(Sweep sweep, View marks) {
            throw new UnsupportedOperationException("This engine has no sweeps.");
        }
    };

    /** Groups of a layer of {@code width} units. */
    static long groups(long width) {
        return (width + GROUP - 1) / GROUP;
    }

    /**
     * Why a task with batches of up to {@code examples} cannot be trained by sweeps, in words that complete «not streamed:
     * ...»; empty if it can.
     */
    Optional<String> refusal(ResidentTask task, long examples);

    /** Why it would be slower than otherwise, in the same form; empty if it would not. */
    Optional<String> disadvantage(ResidentTask task, long examples);

    /**
     * One pass. A frozen replica keeps every bit, but its forward pass, and its gradient where it is asked for, are made all
     * the same. Call {@link #guard} before a sweep with a step.
     *
     * <p>Cost: 2 (SGD) or 4 words of memory traffic and 6 N flops per weight.
     */
    void sweep(Sweep sweep);

    /**
     * y[r,n,k] = bias[r,k] + sum_g partial[r,g,n K + k].
     *
     * @param y [R, N, K] out
     * @param partial [R, G, N K]
     * @param bias [R, K]
     */
    void outputs(View y, View partial, Optional<View> bias);

    /**
     * Freezes replicas whose step cannot be taken: LOSS, GRADIENT or WEIGHT where the loss, the gradient or a new number is
     * not finite. Reads {@code state.loss()} and the extremes of the sweep before. Where a bound (formed from the extremes,
     * the batch, the slopes and the hyper-parameters) excludes every overflow, no weight is looked at.
     *
     * @param sweep the sweep to come, with a step
     * @param marks I32 [R, 3] scratch
     */
    void guard(Sweep sweep, View marks);
}

package dev.rectifier.engine;

/** Losses: value and gradient per replica in one pass. */
public interface LossOps {
    /**
     * value[r] = scale * sum of the loss terms of replica r; gradient = d value / d outputs.
     *
     * <p>{@code scale} carries the convention: 1/(N K) for PyTorch's mean squared error, 1/(2 N) for half the mean squared
     * norm, 1/N for the mean cross-entropy. Non-finite outputs give a non-finite value for their replica alone. Terms are
     * formed stably (shifted exponentials) and summed in fp64 in an order fixed by N and K.
     *
     * <p>A label outside 0 .. K-1 is no class, and labels are on the device where nobody can refuse them: the value of its
     * replica is NaN, and so is the gradient of its example, so that the next step freezes that replica alone.
     *
     * @param value F64 [R] out
     * @param gradient [R, N, K] out; may be the same view as outputs
     * @param outputs [R, N, K]
     * @param targets as {@link LossKind} says; may be shared
     */
    void evaluate(LossKind kind, View value, View gradient, View outputs, View targets, double scale);

    /** The value alone: as {@link #evaluate} without the gradient. */
    void value(LossKind kind, View value, View outputs, View targets, double scale);
}

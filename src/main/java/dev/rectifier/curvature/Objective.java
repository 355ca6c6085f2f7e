package dev.rectifier.curvature;

import dev.rectifier.engine.LossKind;

/**
 * A loss with its scale: the sum of the terms over examples (and outputs) times {@code scale}.
 *
 * @param kind which terms
 * @param scale 1 / (N K) for PyTorch's mean squared error, 1 / N for its mean cross-entropy, N being all examples
 */
public record Objective(LossKind kind, double scale) {
    public Objective {
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException("The scale of a loss must be positive and finite, not " + scale + ".");
        }
    }

    /** The mean as PyTorch takes it: over examples and outputs where a term belongs to each output, else over examples. */
    public static Objective mean(LossKind kind, long examples, long outputs) {
        boolean perOutput = kind != LossKind.SOFTMAX_CROSS_ENTROPY;
        return new Objective(kind, 1.0 / (perOutput ? Math.multiplyExact(examples, outputs) : examples));
    }
}

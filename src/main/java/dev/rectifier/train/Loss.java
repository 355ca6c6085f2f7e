package dev.rectifier.train;

import dev.rectifier.engine.LossKind;

/**
 * A loss with its convention of scale.
 *
 * @param kind terms
 * @param convention what the sum of the terms is divided by
 */
public record Loss(LossKind kind, Convention convention) {
    /** Mean of squared differences over examples and outputs: PyTorch's {@code MSELoss}; luck-matters, multi-layer. */
    public static final Loss MEAN_SQUARED = new Loss(LossKind.SQUARED, Convention.MEAN);

    /** Mean over examples of half the squared norm of the difference: luck-matters, two-layer, and all theory there. */
    public static final Loss HALF_SQUARED_NORM = new Loss(LossKind.SQUARED, Convention.HALF_MEAN_OVER_EXAMPLES);

    /** Mean over examples of the softmax cross-entropy. */
    public static final Loss CROSS_ENTROPY = new Loss(LossKind.SOFTMAX_CROSS_ENTROPY, Convention.MEAN_OVER_EXAMPLES);

    /** Mean over examples of the logistic loss. */
    public static final Loss LOGISTIC = new Loss(LossKind.LOGISTIC, Convention.MEAN_OVER_EXAMPLES);

    /** Mean over examples of the hinge loss. */
    public static final Loss HINGE = new Loss(LossKind.HINGE, Convention.MEAN_OVER_EXAMPLES);

    /** The scale of a sum over N examples and K outputs. */
    public enum Convention {
        /** 1 / (N K). */
        MEAN,
        /** 1 / N. */
        MEAN_OVER_EXAMPLES,
        /** 1 / (2 N). */
        HALF_MEAN_OVER_EXAMPLES,
        /** 1. */
        SUM
    }

    /** What the sum of the terms over N examples and K outputs is multiplied by. */
    public double scale(long examples, long outputs) {
        return switch (convention) {
            case MEAN -> 1.0 / ((double) examples * outputs);
            case MEAN_OVER_EXAMPLES -> 1.0 / examples;
            case HALF_MEAN_OVER_EXAMPLES -> 0.5 / examples;
            case SUM -> 1.0;
        };
    }
}

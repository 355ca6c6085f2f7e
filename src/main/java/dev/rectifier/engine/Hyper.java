package dev.rectifier.engine;

/** Columns of the per-replica hyper-parameter matrix F64 [R, 7] that {@link UpdateOps#step} reads. */
public enum Hyper {
    LEARNING_RATE,
    /** Momentum factor; Adam's beta1. */
    MOMENTUM,
    DAMPENING,
    /** Adam's second-moment factor. */
    BETA2,
    /** Added to Adam's root. */
    EPSILON,
    /** Decoupled weight decay (AdamW, SGDW). */
    WEIGHT_DECAY,
    /** L2 penalty, added to the gradient as l2 * w. */
    L2;

    /** Number of columns. */
    public static int count() {
        return values().length;
    }
}

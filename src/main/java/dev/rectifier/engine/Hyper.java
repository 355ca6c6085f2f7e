package dev.rectifier.engine;

/** Columns of the per-replica hyper-parameter matrix F64 [R, 7] that {@link UpdateOps#step} reads. */
public enum Hyper {
    LEARNING_RATE(0),
    /** Momentum factor; Adam's beta1. */
    MOMENTUM(1),
    DAMPENING(2),
    /** Adam's second-moment factor. */
    BETA2(3),
    /** Added to Adam's root. */
    EPSILON(4),
    /** Decoupled weight decay (AdamW, SGDW). */
    WEIGHT_DECAY(5),
    /** L2 penalty, added to the gradient as l2 * w. */
    L2(6);

    private final int column;

    Hyper(int column) {
        this.column = column;
    }

    /** Position in a replica's row. */
    public int column() {
        return column;
    }

    /** Number of columns. */
    public static int count() {
        return values().length;
    }
}

package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;

/** The forward and backward pass of one replica at a time; which numbers lie side by side is its own affair. */
sealed interface PassesF32 permits RowPassesF32, ColumnPassesF32 {
    /** Brings in the replica's teacher. */
    void load(int replica);

    /** Inputs, targets and outputs of a step, which {@link #batch} then holds. */
    void forward(Feed feed, int replica, long step);

    /** The same arrays for ever. */
    LossTermsF32.Batch batch();

    /** [N K]: d loss / d output, to be filled before a backward pass. */
    float[] outputSignal();

    /**
     * Leaves the gradient of all parameters in {@link #gradient()}.
     *
     * @param watched whether a signal that is not finite is stopped by a unit at rest, as the single operation does it; else
     *     it may go on as NaN, and nothing else differs
     */
    void backward(boolean watched);

    /** [P], valid after a backward pass. */
    float[] gradient();

    /** [P]. */
    float[] weights();

    LayerRows layers();

    /** To be called when weights have changed. */
    void forget();
}

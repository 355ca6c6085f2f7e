package dev.rectifier.engine;

/**
 * Replica-batched affine maps. Weights are {@code [R, K, D]}: one row per output unit, as in a PyTorch {@code Linear}.
 * Any input may be shared by all replicas ({@link View#isShared()}). Outputs must not overlap inputs.
 */
public interface DenseOps {
    /**
     * y[r,n,k] = sum_d x[r,n,d] w[r,k,d].
     *
     * @param y [R, N, K] out
     * @param x [R, N, D]
     * @param w [R, K, D]
     */
    void forward(View y, View x, View w);

    /**
     * y[r,n,k] = b[r,k] + sum_d x[r,n,d] w[r,k,d].
     *
     * @param y [R, N, K] out
     * @param x [R, N, D]
     * @param w [R, K, D]
     * @param b [R, K]
     */
    void forward(View y, View x, View w, View b);

    /**
     * dx[r,n,d] = sum_k dy[r,n,k] w[r,k,d].
     *
     * @param dx [R, N, D] out
     * @param dy [R, N, K]
     * @param w [R, K, D]
     */
    void inputGradient(View dx, View dy, View w);

    /**
     * dw[r,k,d] = sum_n dy[r,n,k] x[r,n,d].
     *
     * @param dw [R, K, D] out
     * @param dy [R, N, K]
     * @param x [R, N, D]
     */
    void weightGradient(View dw, View dy, View x);

    /**
     * db[r,k] = sum_n dy[r,n,k].
     *
     * @param db [R, K] out
     * @param dy [R, N, K]
     */
    void biasGradient(View db, View dy);
}

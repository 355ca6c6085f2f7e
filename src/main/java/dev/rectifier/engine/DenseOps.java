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
     * y = max(z, 0) with z[r,n,k] = sum_d x[r,n,d] w[r,k,d], and the gates z > 0: {@link #forward(View, View, View)}, then
     * {@link PointwiseOps#relu} of its output in place, to the bit. An engine may save the passes over y that lie between.
     *
     * @param y [R, N, K] out
     * @param mask I32 [R, maskWords(N K)] out, laid out as relu's
     * @param x [R, N, D]
     * @param w [R, K, D]
     */
    void forwardRelu(View y, View mask, View x, View w);

    /**
     * The same with z[r,n,k] = b[r,k] + sum_d x[r,n,d] w[r,k,d].
     *
     * @param y [R, N, K] out
     * @param mask I32 [R, maskWords(N K)] out
     * @param x [R, N, D]
     * @param w [R, K, D]
     * @param b [R, K]
     */
    void forwardRelu(View y, View mask, View x, View w, View b);

    /**
     * dx[r,n,d] = sum_k dy[r,n,k] w[r,k,d].
     *
     * @param dx [R, N, D] out
     * @param dy [R, N, K]
     * @param w [R, K, D]
     */
    void inputGradient(View dx, View dy, View w);

    /**
     * dz[r,n,d] = sum_k dy[r,n,k] w[r,k,d] where the mask is 1, else 0: {@link #inputGradient}, then
     * {@link PointwiseOps#reluBackward} of its output in place, to the bit.
     *
     * @param dz [R, N, D] out
     * @param dy [R, N, K]
     * @param w [R, K, D]
     * @param mask I32 [R, maskWords(N D)]
     */
    void inputGradientRelu(View dz, View dy, View w, View mask);

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

    /**
     * {@link #weightGradient} and {@link #biasGradient} of the same dy: to the bit under {@link Determinism#REPLICA}; below it
     * an engine may sum the same terms in another order. It may read dy once for both.
     *
     * @param dw [R, K, D] out
     * @param db [R, K] out, apart from dw
     * @param dy [R, N, K]
     * @param x [R, N, D]
     */
    default void weightAndBiasGradient(View dw, View db, View dy, View x) {
        weightGradient(dw, dy, x);
        biasGradient(db, dy);
    }
}

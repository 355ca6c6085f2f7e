package dev.rectifier.engine;

/** Reductions per replica, summed in fp64 in an order fixed by the shapes; results are F64 (counts and indices I32). */
public interface ReduceOps {
    /**
     * out[r] = sum_i a[r,i].
     *
     * @param out F64 [R] out
     * @param a [R, ...]
     */
    void sum(View out, View a);

    /**
     * out[r] = sum_i a[r,i] b[r,i]; the squared norm when both are the same view.
     *
     * @param out F64 [R] out
     * @param a [R, ...], may be shared
     * @param b [R, ...], may be shared
     */
    void dot(View out, View a, View b);

    /**
     * Column moments over the examples: mean[r,w] and m2[r,w] = sum_n (x[r,n,w] - mean[r,w])^2, without cancellation
     * (Welford / Chan).
     *
     * @param mean F64 [R, W] out
     * @param m2 F64 [R, W] out
     * @param x [R, N, W], may be shared
     */
    void moments(View mean, View m2, View x);

    /**
     * out[r,w] = sum_k x[r,k,w]^2: squared column norms. For weights [R, K, W] of the layer above, the squared fan-out
     * norms of the W units.
     *
     * @param out F64 [R, W] out
     * @param x [R, K, W]
     */
    void columnSquares(View out, View x);

    /**
     * index[r,n] = argmax_k x[r,n,k]; the lowest index among equals; NaN counts as the largest.
     *
     * @param index I32 [R, N] out
     * @param x [R, N, K]
     */
    void argmax(View index, View x);

    /**
     * count[r] = number of examples with argmax_k x[r,n,k] = labels[r,n]. A label outside 0 .. K-1 is never met: its
     * example counts 0.
     *
     * @param count I32 [R] out
     * @param x [R, N, K]
     * @param labels I32 [R, N], may be shared
     */
    void correct(View count, View x, View labels);

    /**
     * Pearson correlation of every teacher unit with every student unit over the examples, as in luck-matters: inner
     * product of the centred activations over the product of their norms, the sums of squares each raised by 1e-10 before
     * the root, so that a constant unit correlates 0 with everything.
     *
     * @param rho F64 [R, T, S] out
     * @param teacher [R, N, T], may be shared
     * @param student [R, N, S]
     */
    void correlation(View rho, View teacher, View student);
}

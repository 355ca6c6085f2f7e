package dev.rectifier.engine;

/**
 * Weights as length times direction: w[r,k,:] = g[r,k] v[r,k,:] / |v[r,k,:]|, k the output unit or channel and : everything
 * behind it. Sums and what is made of them are fp64, each element rounded once; a row is summed by 32 strands, strand l
 * adding elements l, l + 32, ..., then the strands pairwise: the same bits on every engine. Squares must not leave the range of
 * fp64; where v is 0 the results are not finite. Inputs may be shared.
 *
 * <p>Source: Salimans and Kingma, Weight normalization (2016), equations 2 and 3; PyTorch's {@code weight_norm} with dim 0.
 */
public interface WeightNormOps {
    /**
     * The factors, or something that belongs to them: gradients, a direction.
     *
     * @param v [R, K, ...]
     * @param g [R, K]
     */
    record Factors(View v, View g) {}

    /**
     * w = g v / |v| and norm = |v|.
     *
     * @param w [R, K, ...] out
     * @param norm F64 [R, K] out
     */
    void forward(View w, View norm, Factors factors);

    /**
     * dg = (dw . v) / |v| and dv = (g / |v|) (dw - dg v / |v|).
     *
     * @param gradient out
     * @param dw [R, K, ...]
     * @param norm F64 [R, K] from {@link #forward}
     */
    void backward(Factors gradient, View dw, Factors factors, View norm);

    /**
     * The derivative of w along a direction (tv, tg): tw = tg u + (g / |v|) (tv - (u . tv) u), with u = v / |v|.
     *
     * @param tw [R, K, ...] out
     * @param norm F64 [R, K] from {@link #forward}
     * @param direction tv, tg
     */
    void tangent(View tw, Factors factors, View norm, Factors direction);

    /**
     * The derivative of {@link #backward} along (tv, tg), where dw moves by tdw. With n = |v|, u = v / n, a = dw . u and
     * b = u . tv: tdg = tdw . u + (dw . tv - a b) / n and tdv = (tg / n - g b / n^2) (dw - a u) + (g / n) (tdw - tdg u
     * - (a / n) (tv - b u)).
     *
     * @param tGradient tdv, tdg, out
     * @param signal dw and tdw
     * @param norm F64 [R, K] from {@link #forward}
     * @param direction tv, tg
     */
    void backwardTangent(Factors tGradient, Signal signal, Factors factors, View norm, Factors direction);

    /**
     * What comes back to the weights, and how it moves.
     *
     * @param dw [R, K, ...]
     * @param tdw [R, K, ...]
     */
    record Signal(View dw, View tdw) {}
}

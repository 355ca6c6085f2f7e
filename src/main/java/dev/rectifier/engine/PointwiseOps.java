package dev.rectifier.engine;

/** ReLU with a one-bit mask, and the moves between buffers. Unless said otherwise an output may be the same view as an input. */
public interface PointwiseOps {
    /** Words (I32) per replica of a bit mask over {@code elements} elements. */
    static long maskWords(long elements) {
        return (elements + 31) / 32;
    }

    /**
     * y = max(z, 0); bit i of replica r's mask is 1 where z > 0 (the derivative at exactly 0, and at NaN, is 0). A NaN in z
     * stays NaN in y. Bit i is bit {@code i % 32} of word {@code i / 32}, i counted row-major within the block; the
     * unused bits of the last word are 0.
     *
     * @param y [R, ...] out
     * @param mask I32 [R, maskWords(block)] out
     * @param z [R, ...]
     */
    void relu(View y, View mask, View z);

    /**
     * dz = dy where the mask is 1, else 0.
     *
     * @param dz [R, ...] out
     * @param dy [R, ...]
     * @param mask I32 [R, maskWords(block)]
     */
    void reluBackward(View dz, View dy, View mask);

    /**
     * y = factor x where the mask is 1, else 0: dropout with factor = 1 / keep, its gradient and its tangent. The factor is
     * rounded to the element type.
     *
     * @param y [R, ...] out
     * @param x [R, ...]
     * @param mask I32 [R, maskWords(block)], see {@link RandomOps#keep}
     */
    void gate(View y, View x, View mask, double factor);

    /**
     * counts[r,w] = number of examples for which unit w is active.
     *
     * @param counts I32 [R, W] out
     * @param mask I32 [R, maskWords(N W)] of activations [R, N, W], N = {@code examples}
     */
    void activeCounts(View counts, View mask, long examples);

    /** y = value, everywhere. */
    void fill(View y, double value);

    /** y = a y. */
    void scale(View y, double a);

    /** y = y + a x, one fused multiply-add per element. */
    void axpy(View y, double a, View x);

    /** y = x, element for element; any one type, floating or integer; x may be shared. Views must not overlap in part. */
    void copy(View y, View x);

    /**
     * y[r,n,:] = x[r, rows[r,n], :]. A row number outside 0 .. M-1 is undefined behaviour on the device.
     *
     * @param y [R, N, D] out, not x
     * @param x [R, M, D], may be shared
     * @param rows I32 [R, N], may be shared
     */
    void gather(View y, View x, View rows);

    /**
     * y[r,j,i] = x[r,i,j].
     *
     * @param y [R, J, I] out, not x
     * @param x [R, I, J], may be shared
     */
    void transpose(View y, View x);
}

package dev.rectifier.engine;

/**
 * Replica-batched 2-d convolutions (cross-correlations, as in PyTorch's {@code Conv2d}) of images [R, N, C, H, W] with kernels
 * [R, K, C, kh, kw]. Ho = (H + 2 padding - kh) / stride + 1, rounded down, and Wo likewise; what the last window does not reach
 * is not read, and its gradient is 0. Any input may be shared by all replicas ({@link View#isShared()}). Outputs must not
 * overlap inputs. A convolution is linear in x and in w, so its tangents are sums of convolutions.
 *
 * <p>Sums accumulate in the element type, whatever the {@link MathMode}; their order is fixed by the shapes of one replica.
 * The padding is zeros. What a weight or a gradient that is not finite makes of a zero of the padding, or of a place that its
 * window does not meet, is left open: 0 or NaN.
 */
public interface ConvOps {
    /**
     * How windows lie on the plane, along both axes.
     *
     * @param stride pixels from one window to the next, at least 1
     * @param padding rows and columns of zeros around the plane, at least 0
     */
    record Window(int stride, int padding) {
        public Window {
            if (stride < 1 || padding < 0) {
                throw new ShapeException(
                        "A convolution needs a stride of at least 1 and a padding of at least 0, not stride " + stride
                                + " and padding " + padding + ".");
            }
        }

        /** Windows of {@code kernel} pixels along an axis of {@code extent}; below 1 where not even one fits. */
        public long windows(long extent, long kernel) {
            return Math.floorDiv(extent + 2L * padding - kernel, (long) stride) + 1;
        }
    }

    /**
     * y[r,n,k,i,j] = sum_{c,u,v} x[r,n,c, i stride + u - padding, j stride + v - padding] w[r,k,c,u,v].
     *
     * @param y [R, N, K, Ho, Wo] out
     * @param x [R, N, C, H, W]
     * @param w [R, K, C, kh, kw]
     * @param g stride and padding
     */
    void forward(View y, View x, View w, Window g);

    /**
     * The same plus b[r,k].
     *
     * @param y [R, N, K, Ho, Wo] out
     * @param x [R, N, C, H, W]
     * @param w [R, K, C, kh, kw]
     * @param b [R, K]
     * @param g stride and padding
     */
    void forward(View y, View x, View w, View b, Window g);

    /**
     * y = max(z, 0) and the gates z > 0: {@link #forward(View, View, View, Window)}, then {@link PointwiseOps#relu} of its
     * output in place, to the bit. An engine may save the passes over y that lie between.
     *
     * @param y [R, N, K, Ho, Wo] out
     * @param mask I32 [R, maskWords(N K Ho Wo)] out, laid out as relu's
     * @param x [R, N, C, H, W]
     * @param w [R, K, C, kh, kw]
     * @param g stride and padding
     */
    void forwardRelu(View y, View mask, View x, View w, Window g);

    /**
     * The same with a bias.
     *
     * @param y [R, N, K, Ho, Wo] out
     * @param mask I32 [R, maskWords(N K Ho Wo)] out
     * @param x [R, N, C, H, W]
     * @param w [R, K, C, kh, kw]
     * @param b [R, K]
     * @param g stride and padding
     */
    void forwardRelu(View y, View mask, View x, View w, View b, Window g);

    /**
     * The adjoint of x -> y: dx[r,n,c,h,q] = sum of dy[r,n,k,i,j] w[r,k,c,u,v] over all k and all i, j, u, v with
     * i stride + u - padding = h and j stride + v - padding = q.
     *
     * @param dx [R, N, C, H, W] out
     * @param dy [R, N, K, Ho, Wo]
     * @param w [R, K, C, kh, kw]
     * @param g stride and padding
     */
    void inputGradient(View dx, View dy, View w, Window g);

    /**
     * dz = dx where the mask is 1, else 0: {@link #inputGradient}, then {@link PointwiseOps#reluBackward} of its output in
     * place, to the bit.
     *
     * @param dz [R, N, C, H, W] out
     * @param dy [R, N, K, Ho, Wo]
     * @param w [R, K, C, kh, kw]
     * @param mask I32 [R, maskWords(N C H W)]
     * @param g stride and padding
     */
    void inputGradientRelu(View dz, View dy, View w, View mask, Window g);

    /**
     * dw[r,k,c,u,v] = sum_{n,i,j} dy[r,n,k,i,j] x[r,n,c, i stride + u - padding, j stride + v - padding].
     *
     * @param dw [R, K, C, kh, kw] out
     * @param dy [R, N, K, Ho, Wo]
     * @param x [R, N, C, H, W]
     * @param g stride and padding
     */
    void weightGradient(View dw, View dy, View x, Window g);

    /**
     * db[r,k] = sum_{n,i,j} dy[r,n,k,i,j].
     *
     * @param db [R, K] out
     * @param dy [R, N, K, Ho, Wo]
     */
    void biasGradient(View db, View dy);
}

package dev.rectifier.engine;

/**
 * Batch normalisation per replica and channel: forward, backward, and the directional derivatives of both.
 *
 * <p>x is [R, N, C] or [R, N, C, H, W]; S = H W, or 1; M = N S values per replica and channel; &lt;.&gt; is the mean over them.
 * xhat = (x - mean) s with s = 1 / sqrt(variance + eps). In <em>training</em> mode mean and variance are those of the batch, and
 * derivatives go through them; in <em>evaluation</em> mode ({@code normalise...}) they are given constants.
 *
 * <p>Arithmetic: statistics and all sums over examples in fp64, without cancellation however far a mean is from 0, in an order
 * fixed by the shapes; s is formed in fp64 and rounded once; the mean is subtracted as a sum of two numbers of the element type;
 * the rest is in the element type. Inputs may be shared by all replicas, outputs are not. An output of x's shape may be the same
 * view as the input that is named with it, and overlaps no other.
 *
 * <p>Sources: Ioffe and Szegedy 2015; the derivative of the backward pass after Pearlmutter 1994.
 */
public interface NormOps {
    /**
     * Moments of channels.
     *
     * @param mean F64 [R, C]
     * @param variance F64 [R, C], biased: the squared deviations' sum divided by M
     */
    record Moments(View mean, View variance) {}

    /**
     * What follows the normalisation, y = scale xhat + shift; or its gradient; or a direction in it.
     *
     * @param scale [R, C], gamma
     * @param shift [R, C], beta
     */
    record Affine(View scale, View shift) {}

    /**
     * A normalisation.
     *
     * @param x [R, N, C] or [R, N, C, H, W]
     * @param moments of the batch, or given
     * @param affine scale and shift; constants 1 and 0 where a layer has none
     * @param eps added to the variance
     */
    record Normed(View x, Moments moments, Affine affine, double eps) {}

    /**
     * The direction of a derivative.
     *
     * @param x of x's shape: tx
     * @param affine tgamma, tbeta
     */
    record Direction(View x, Affine affine) {}

    /**
     * What the tangent leaves for the tangent of the backward pass.
     *
     * @param mean F64 [R, C], &lt;tx&gt;
     * @param product F64 [R, C], &lt;xhat tx&gt;
     */
    record TangentMoments(View mean, View product) {}

    /**
     * A gradient that comes from above, and its directional derivative.
     *
     * @param value dy, of x's shape
     * @param tangent tdy
     */
    record Signal(View value, View tangent) {}

    /**
     * Training mode: mean = &lt;x&gt;, variance = &lt;(x - mean)^2&gt;, y = scale xhat + shift. M is at least 2.
     *
     * @param y of x's shape, out; may be x
     * @param of its moments are written
     */
    void forward(View y, Normed of);

    /**
     * {@link #forward}, then {@link PointwiseOps#relu} in place, to the bit.
     *
     * @param mask I32 [R, maskWords(block)] out
     */
    void forwardRelu(View y, View mask, Normed of);

    /** Evaluation mode: y = scale xhat + shift. */
    void normalise(View y, Normed of);

    /** {@link #normalise}, then {@link PointwiseOps#relu} in place, to the bit. */
    void normaliseRelu(View y, View mask, Normed of);

    /**
     * The backward pass of {@link #forward}: dbeta = sum dy, dgamma = sum dy xhat, dx = scale s (dy - dbeta / M - xhat dgamma / M).
     *
     * @param dx of x's shape, out; may be dy
     * @param gradient dgamma, dbeta, out
     * @param dy of x's shape
     */
    void backward(View dx, Affine gradient, View dy, Normed of);

    /** {@link PointwiseOps#reluBackward} of dy by the mask, then {@link #backward}, to the bit. */
    void backwardRelu(View dx, Affine gradient, View dy, View mask, Normed of);

    /** The backward pass of {@link #normalise}: dgamma and dbeta as in {@link #backward}, dx = scale s dy. */
    void normaliseBackward(View dx, Affine gradient, View dy, Normed of);

    /** {@link PointwiseOps#reluBackward} of dy by the mask, then {@link #normaliseBackward}, to the bit. */
    void normaliseBackwardRelu(View dx, Affine gradient, View dy, View mask, Normed of);

    /**
     * The directional derivative of {@link #forward}: txhat = s (tx - &lt;tx&gt; - xhat &lt;xhat tx&gt;),
     * ty = tgamma xhat + scale txhat + tbeta.
     *
     * @param ty of x's shape, out; may be tx
     * @param moments out
     */
    void tangent(View ty, TangentMoments moments, Direction direction, Normed of);

    /** The directional derivative of {@link #normalise}: txhat = s tx, the rest as in {@link #tangent}. */
    void normaliseTangent(View ty, Direction direction, Normed of);

    /**
     * The directional derivative of {@link #backward}. With gh = scale dy, m1 = &lt;gh&gt;, m2 = &lt;gh xhat&gt;, tgh = tgamma dy +
     * scale tdy, tm1 = &lt;tgh&gt;, tm2 = &lt;tgh xhat + gh txhat&gt; and q = &lt;xhat tx&gt;:
     * tdx = s (tgh - tm1 - txhat m2 - xhat tm2 - s q (gh - m1 - xhat m2)),
     * tdgamma = sum (tdy xhat + dy txhat), tdbeta = sum tdy.
     *
     * @param tdx of x's shape, out; may be tdy
     * @param gradient tdgamma, tdbeta, out
     * @param moments as {@link #tangent} left them
     */
    void backwardTangent(
            View tdx, Affine gradient, Signal signal, TangentMoments moments, Direction direction, Normed of);

    /**
     * The directional derivative of {@link #normaliseBackward}: tdx = s (tgamma dy + scale tdy); the gradient as in
     * {@link #backwardTangent} with txhat = s tx.
     */
    void normaliseBackwardTangent(View tdx, Affine gradient, Signal signal, Direction direction, Normed of);

    /**
     * Running moments: mean and variance become (1 - momentum) running + momentum batch, the batch's variance times M / (M - 1).
     * Replicas whose cause is not {@link FreezeCause#NONE} keep theirs.
     *
     * @param running in and out
     * @param batch of the last training step
     * @param momentum 0 to 1
     * @param count M, at least 2
     */
    void track(Moments running, Moments batch, double momentum, long count, Health health);
}

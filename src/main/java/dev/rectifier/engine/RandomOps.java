package dev.rectifier.engine;

/**
 * Device fills from Philox4x32-10. A stream is a pair (key, replica) of I64; element i of the block drawn at {@code step}
 * depends on (key, replica, step, i) alone, so a replica's numbers do not depend on its neighbours, on the chunking or on
 * the engine: CPU and GPU give the same bits, and F64 views receive the F32 values widened. See {@code tensor.Philox}.
 *
 * <p>Counter words: (i / 4, replica, step low, step high); key words: (key low, key high); element i uses output word
 * i % 4 (normals: pairs (0,1) and (2,3) by Box-Muller).
 */
public interface RandomOps {
    /**
     * out = mean + deviation * z, z standard normal (fp32: one fused multiply-add, widened for F64).
     *
     * @param out [R, ...] out
     * @param streams I64 [R, 2]: key and replica
     */
    void normal(View out, View streams, long step, double mean, double deviation);

    /**
     * out uniform in [low, high): low + (high - low) * u, u = 24 high bits of a word times 2^-24 (fp32 fused
     * multiply-add, widened for F64). Where high - low is much smaller than low the rounding may reach {@code high}.
     *
     * @param out [R, ...] out
     * @param streams I64 [R, 2]
     */
    void uniform(View out, View streams, long step, double low, double high);

    /**
     * out uniform among 0 .. bound-1: high 32 bits of word * bound (bias below bound / 2^32).
     *
     * @param out I32 [R, ...] out
     * @param streams I64 [R, 2]
     */
    void integers(View out, View streams, long step, int bound);

    /**
     * Bit i of the mask is 1 where word i of the block, as a number below 2^32, is less than keep 2^32 rounded to an integer:
     * with a probability that differs from {@code keep} by 2^-33 at most: no element at 0, all at 1. The bits beyond
     * {@code elements} are 0, as in {@link PointwiseOps#relu}.
     *
     * @param mask I32 [R, maskWords(elements)] out
     * @param streams I64 [R, 2]
     * @param keep from 0 to 1
     */
    void keep(View mask, View streams, long step, long elements, double keep);

    /** keep 2^32 rounded: words below it are kept. */
    static long threshold(double keep) {
        return (long) Math.rint(keep * 0x1p32);
    }
}

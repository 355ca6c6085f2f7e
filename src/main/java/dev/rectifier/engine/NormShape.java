package dev.rectifier.engine;

/**
 * A block [N, C] or [N, C, H, W] of one replica as batch normalisation sees it: row-major [N, C, S].
 *
 * @param examples N
 * @param channels C
 * @param places S: places of a channel's plane, 1 in [N, C]
 */
public record NormShape(long examples, long channels, long places) {
    /** Of x [R, N, C] or [R, N, C, H, W]. */
    public static NormShape of(View x) {
        return new NormShape(x.dim(1), x.dim(2), x.shape().rank() == 3 ? 1 : x.dim(3) * x.dim(4));
    }

    /** M = N S: values of a channel. */
    public long values() {
        return examples * places;
    }

    /** C S: elements of an example. */
    public long pitch() {
        return channels * places;
    }
}

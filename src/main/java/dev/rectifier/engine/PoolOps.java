package dev.rectifier.engine;

/**
 * Pooling of planes: maximum, average, and the average of a whole plane. x is [R, N, C, H, W], y is [R, N, C, Ho, Wo], with
 * Ho = floor((H + 2 padding - size) / stride) + 1 and Wo alike. Inputs may be shared; no output has an element in common
 * with an input. Every sum is a chain of fp64 additions over a window, or over the windows that cover a place, row after
 * row, rounded once at its end: no atomics, and the same bits on every engine.
 */
public interface PoolOps {
    /**
     * A square window.
     *
     * @param size places along a side
     * @param stride places from one window to the next
     * @param padding places beyond the plane on each side, at most size / 2; they never win a maximum, and an average has none
     */
    record Window(int size, int stride, int padding) {
        public Window {
            if (size < 1 || stride < 1 || padding < 0 || padding > size / 2) {
                throw new IllegalArgumentException("A pooling window of size " + size + ", stride " + stride
                        + " and padding " + padding + " cannot be: size and stride are at least 1, padding is at most"
                        + " half the size.");
            }
        }

        /** Windows that lie side by side and leave nothing out but a rest at the end: size = stride, no padding. */
        public static Window tiles(int size) {
            return new Window(size, size, 0);
        }

        /** Windows along a side of {@code extent} places: floor((extent + 2 padding - size) / stride) + 1, none below 0. */
        public long outputs(long extent) {
            long room = extent + 2L * padding - size;
            return room < 0 ? 0 : room / stride + 1;
        }
    }

    /**
     * y = the largest of a window, index = its place i W + j in the plane of x: of equals the first, row-major. A NaN wins over
     * every number, and of NaNs the first.
     *
     * @param y [R, N, C, Ho, Wo] out
     * @param index I32, shaped as y, out
     * @param x [R, N, C, H, W]
     */
    void max(View y, View index, View x, Window window);

    /**
     * dx = at each place the sum of dy over the windows that cover and chose it, in the order of the windows; 0 where none did.
     *
     * @param dx [R, N, C, H, W] out
     * @param dy [R, N, C, Ho, Wo]
     * @param index I32, shaped as dy, from {@link #max} with the same window
     */
    void maxBackward(View dx, View dy, View index, Window window);

    /**
     * ty = tx at the places chosen: the tangent of {@link #max}. An index outside the plane is undefined behaviour on the
     * device.
     *
     * @param ty [R, N, C, Ho, Wo] out
     * @param tx [R, N, C, H, W]
     * @param index I32, shaped as ty
     */
    void pick(View ty, View tx, View index);

    /**
     * y = the mean of a window, which has no padding. Linear, so its tangent is itself.
     *
     * @param y [R, N, C, Ho, Wo] out
     * @param x [R, N, C, H, W]
     */
    void average(View y, View x, Window window);

    /**
     * dx = at each place the sum of dy over the windows that cover it, divided by their size^2; 0 where there is none.
     *
     * @param dx [R, N, C, H, W] out
     * @param dy [R, N, C, Ho, Wo]
     */
    void averageBackward(View dx, View dy, Window window);

    /**
     * y = the mean of a plane, summed by 32 strands: strand l adds places l, l + 32, ..., then the strands pairwise.
     *
     * @param y [R, N, C] out
     * @param x [R, N, C, H, W]
     */
    void globalAverage(View y, View x);

    /**
     * dx = dy / (H W) at every place of a plane.
     *
     * @param dx [R, N, C, H, W] out
     * @param dy [R, N, C]
     */
    void globalAverageBackward(View dx, View dy);
}

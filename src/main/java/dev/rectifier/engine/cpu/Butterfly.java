package dev.rectifier.engine.cpu;

/** Sums in the order of the kernels' warp butterflies ({@code cuda/reduce.cuh}). Overwrites what it sums. */
final class Butterfly {
    private static final int WARP = 32;

    private Butterfly() {}

    /** Of the first 32 numbers. */
    static float lanes(float[] a) {
        for (int distance = WARP / 2; distance > 0; distance /= 2) {
            for (int i = 0; i < distance; i++) {
                a[i] += a[i + distance];
            }
        }
        return a[0];
    }

    /** Of the first 32 numbers. */
    static double lanes(double[] a) {
        return lanes(a, 0);
    }

    private static double lanes(double[] a, int from) {
        for (int distance = WARP / 2; distance > 0; distance /= 2) {
            for (int i = from; i < from + distance; i++) {
                a[i] += a[i + distance];
            }
        }
        return a[from];
    }

    /** Of all numbers, a multiple of 32: each warp's butterfly, the warps in order. */
    static double warps(double[] a) {
        double sum = lanes(a, 0);
        for (int from = WARP; from < a.length; from += WARP) {
            sum += lanes(a, from);
        }
        return sum;
    }
}

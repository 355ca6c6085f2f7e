package dev.rectifier.engine.cpu;

/** Tests for infinities and NaN. */
final class FiniteF32 {
    private FiniteF32() {}

    /** True if all {@code count} elements are finite: 0 times a finite number is 0, times any other NaN. */
    static boolean all(float[] a, int from, int count) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = from;
        for (; i < from + count - 3; i += 4) {
            s0 = Math.fma(a[i], 0, s0);
            s1 = Math.fma(a[i + 1], 0, s1);
            s2 = Math.fma(a[i + 2], 0, s2);
            s3 = Math.fma(a[i + 3], 0, s3);
        }
        for (; i < from + count; i++) {
            s0 = Math.fma(a[i], 0, s0);
        }
        return (s0 + s1) + (s2 + s3) == 0;
    }
}

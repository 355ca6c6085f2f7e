package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** fp64 sums in the order of a warp: strand l adds elements l, l + 32, ..., then the strands pairwise. */
final class StrandsF32 {
    static final int COUNT = 32;

    private StrandsF32() {}

    /** a[from] + ... + a[from + count - 1]; {@code strands} holds at least 32 numbers and is overwritten. */
    static double sum(float[] a, int from, int count, double[] strands) {
        Arrays.fill(strands, 0, COUNT, 0);
        for (int done = 0; done < count; done += COUNT) {
            int length = Math.min(COUNT, count - done);
            for (int l = 0; l < length; l++) {
                strands[l] += a[from + done + l];
            }
        }
        return Butterfly.lanes(strands);
    }

    /** The inner product of a[i ...] and b[j ...], fused; {@code strands} as in {@link #sum}. */
    static double dot(float[] a, int i, float[] b, int j, int count, double[] strands) {
        Arrays.fill(strands, 0, COUNT, 0);
        for (int done = 0; done < count; done += COUNT) {
            int length = Math.min(COUNT, count - done);
            for (int l = 0; l < length; l++) {
                strands[l] = Math.fma((double) a[i + done + l], (double) b[j + done + l], strands[l]);
            }
        }
        return Butterfly.lanes(strands);
    }
}

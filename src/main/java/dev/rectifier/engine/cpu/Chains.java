package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** Small products in fp64: one chain of fused multiply-adds per element, in the order of the rows. */
final class Chains {
    private Chains() {}

    /** sum[i] = sum_j factors[at + j] x[from + j width + i] over j = 0 .. count - 1, width being sum's length. */
    static void sum(double[] sum, double[] factors, int at, int count, double[] x, int from) {
        Arrays.fill(sum, 0);
        int j = 0;
        for (; j < count - 3; j += 4) {
            four(sum, factors, at + j, x, from + j * sum.length);
        }
        for (; j < count; j++) {
            one(sum, factors[at + j], x, from + j * sum.length);
        }
    }

    /** Four links at once, so that a sum is read and written once for all of them. */
    private static void four(double[] sum, double[] factors, int at, double[] x, int from) {
        int width = sum.length;
        double f0 = factors[at];
        double f1 = factors[at + 1];
        double f2 = factors[at + 2];
        double f3 = factors[at + 3];
        for (int i = 0; i < width; i++) {
            double link = Math.fma(f1, x[from + width + i], Math.fma(f0, x[from + i], sum[i]));
            sum[i] = Math.fma(f3, x[from + 3 * width + i], Math.fma(f2, x[from + 2 * width + i], link));
        }
    }

    private static void one(double[] sum, double factor, double[] x, int from) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = Math.fma(factor, x[from + i], sum[i]);
        }
    }
}

package dev.rectifier.engine.cpu;

import java.util.Arrays;

/**
 * Small products in fp64: one chain of fused multiply-adds per element, in the order of the rows. Rows are arrays of their own,
 * used from their beginnings: short loops over windows cost twice as much.
 */
final class Chains {
    private Chains() {}

    /** sum[i] = sum_j factors[at + j] x[first + j][i] over j = 0 .. count - 1. */
    static void sum(double[] sum, double[] factors, int at, int count, double[][] x, int first) {
        Arrays.fill(sum, 0);
        int j = 0;
        for (; j < count - 3; j += 4) {
            four(sum, factors, at + j, x, first + j);
        }
        for (; j < count; j++) {
            one(sum, factors[at + j], x[first + j]);
        }
    }

    /** Four links at once, so that a sum is read and written once for all of them. */
    private static void four(double[] sum, double[] factors, int at, double[][] x, int row) {
        double f0 = factors[at];
        double f1 = factors[at + 1];
        double f2 = factors[at + 2];
        double f3 = factors[at + 3];
        double[] x0 = x[row];
        double[] x1 = x[row + 1];
        double[] x2 = x[row + 2];
        double[] x3 = x[row + 3];
        for (int i = 0; i < sum.length; i++) {
            double link = Math.fma(f1, x1[i], Math.fma(f0, x0[i], sum[i]));
            sum[i] = Math.fma(f3, x3[i], Math.fma(f2, x2[i], link));
        }
    }

    private static void one(double[] sum, double factor, double[] x) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = Math.fma(factor, x[i], sum[i]);
        }
    }
}

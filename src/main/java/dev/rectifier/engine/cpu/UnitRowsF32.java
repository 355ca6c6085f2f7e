package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** Loops over the examples of one unit, whose weights are the same for all of them. */
final class UnitRowsF32 {
    private UnitRowsF32() {}

    /** Row-major [N units] from rows per unit. */
    static void toRows(float[] to, float[][] units) {
        for (int k = 0; k < units.length; k++) {
            float[] row = units[k];
            for (int n = 0; n < row.length; n++) {
                to[n * units.length + k] = row[n];
            }
        }
    }

    /** Rows per unit from row-major [N units]. */
    static void fromRows(float[][] units, float[] from) {
        for (int k = 0; k < units.length; k++) {
            float[] row = units[k];
            for (int n = 0; n < row.length; n++) {
                row[n] = from[n * units.length + k];
            }
        }
    }

    /** z = sum_p x(p) w[at + p step] over all rows of x in order; a single term without a sum, as {@link ProductF32} does it. */
    static void sumProducts(float[] z, float[][] x, float[] w, int at, int step) {
        if (x.length == 1) {
            multiply(z, x[0], w[at]);
        } else {
            startProducts(z, 0, x, w, at, step);
        }
    }

    /** z = start + sum_p x(p) w[at + p step]. */
    static void startProducts(float[] z, float start, float[][] x, float[] w, int at, int step) {
        Arrays.fill(z, start);
        int p = 0;
        for (; p <= x.length - 4; p += 4) {
            addFour(z, x, p, w, at + p * step, step);
        }
        for (; p <= x.length - 2; p += 2) {
            addTwo(z, x, p, w, at + p * step, step);
        }
        if (p < x.length) {
            addOne(z, x[p], w[at + p * step]);
        }
    }

    private static void multiply(float[] z, float[] x, float w) {
        for (int n = 0; n < z.length; n++) {
            z[n] = x[n] * w;
        }
    }

    private static void addOne(float[] z, float[] x, float w) {
        for (int n = 0; n < z.length; n++) {
            z[n] = Math.fma(x[n], w, z[n]);
        }
    }

    private static void addTwo(float[] z, float[][] x, int p, float[] w, int at, int step) {
        float[] x0 = x[p];
        float[] x1 = x[p + 1];
        float w0 = w[at];
        float w1 = w[at + step];
        for (int n = 0; n < z.length; n++) {
            z[n] = Math.fma(x1[n], w1, Math.fma(x0[n], w0, z[n]));
        }
    }

    private static void addFour(float[] z, float[][] x, int p, float[] w, int at, int step) {
        float[] x0 = x[p];
        float[] x1 = x[p + 1];
        float[] x2 = x[p + 2];
        float[] x3 = x[p + 3];
        float w0 = w[at];
        float w1 = w[at + step];
        float w2 = w[at + 2 * step];
        float w3 = w[at + 3 * step];
        for (int n = 0; n < z.length; n++) {
            z[n] = Math.fma(x3[n], w3, Math.fma(x2[n], w2, Math.fma(x1[n], w1, Math.fma(x0[n], w0, z[n]))));
        }
    }
}

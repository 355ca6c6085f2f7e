package dev.rectifier.engine.cpu;

/**
 * Loops over the rows of a pack: equal places of all rows belong to one replica, so replicas never meet and each one's
 * arithmetic is that of the single operations. Rows are arrays of their own, because the compiler vectorises
 * {@code z[i] = f(x[i], w[i])} over different arrays, not over windows of one array. They are long, the lanes of all units of a
 * layer, because some steps at both ends of a loop stay scalar, and because the compiler takes narrow vectors for loops that it saw
 * make few rounds.
 */
final class LanesF32 {
    private static final float UP = Float.MAX_VALUE;
    private static final float HALF = 0.5f;
    private static final int ARRAY_HEADER = 16; // bytes
    private static final int CACHE_LINE = 64; // bytes

    private LanesF32() {}

    /** z = x w. */
    static void multiply(float[] z, float[] x, float[] w, int lanes) {
        for (int l = 0; l < lanes; l++) {
            z[l] = x[l] * w[l];
        }
    }

    /** z = x w + z. */
    static void addProduct(float[] z, float[] x, float[] w, int lanes) {
        for (int l = 0; l < lanes; l++) {
            z[l] = Math.fma(x[l], w[l], z[l]);
        }
    }

    /** z += a(p) b(p), then a(p + 1) b(p + 1). */
    static void addTwoProducts(float[] z, RowsF32 a, RowsF32 b, int p, int lanes) {
        float[] x0 = a.row(p);
        float[] w0 = b.row(p);
        float[] x1 = a.row(p + 1);
        float[] w1 = b.row(p + 1);
        for (int l = 0; l < lanes; l++) {
            z[l] = Math.fma(x1[l], w1[l], Math.fma(x0[l], w0[l], z[l]));
        }
    }

    /** {@link #addTwoProducts}, then {@link #rectify}. */
    static void addTwoProductsRectified(float[] z, RowsF32 a, RowsF32 b, int p, int lanes) {
        float[] x0 = a.row(p);
        float[] w0 = b.row(p);
        float[] x1 = a.row(p + 1);
        float[] w1 = b.row(p + 1);
        for (int l = 0; l < lanes; l++) {
            z[l] = Math.max(Math.fma(x1[l], w1[l], Math.fma(x0[l], w0[l], z[l])), 0);
        }
    }

    /**
     * z = start, then the products p, p + 1 and p + 2 are added: the more terms a pass, the less often z travels; with four
     * the compiler gives up vectorising. {@code start} may be z.
     */
    static void startThreeProducts(float[] z, float[] start, RowsF32 a, RowsF32 b, int p, int lanes) {
        float[] x0 = a.row(p);
        float[] w0 = b.row(p);
        float[] x1 = a.row(p + 1);
        float[] w1 = b.row(p + 1);
        float[] x2 = a.row(p + 2);
        float[] w2 = b.row(p + 2);
        for (int l = 0; l < lanes; l++) {
            z[l] = Math.fma(x2[l], w2[l], Math.fma(x1[l], w1[l], Math.fma(x0[l], w0[l], start[l])));
        }
    }

    /** z = 0, then the first three products are added. */
    static void sumThreeProducts(float[] z, RowsF32 a, RowsF32 b, int lanes) {
        float[] x0 = a.row(0);
        float[] w0 = b.row(0);
        float[] x1 = a.row(1);
        float[] w1 = b.row(1);
        float[] x2 = a.row(2);
        float[] w2 = b.row(2);
        for (int l = 0; l < lanes; l++) {
            z[l] = Math.fma(x2[l], w2[l], Math.fma(x1[l], w1[l], Math.fma(x0[l], w0[l], 0)));
        }
    }

    /** z += x. */
    static void add(float[] z, float[] x, int lanes) {
        for (int l = 0; l < lanes; l++) {
            z[l] += x[l];
        }
    }

    /** z = max(z, 0). */
    static void rectify(float[] z, int lanes) {
        for (int l = 0; l < lanes; l++) {
            z[l] = Math.max(z[l], 0);
        }
    }

    /** dz = dz where y > 0, else +0. */
    static void gate(float[] dz, float[] y, int lanes) {
        for (int l = 0; l < lanes; l++) {
            dz[l] = Bits.keep(dz[l], Bits.positive(y[l]));
        }
    }

    /**
     * The same where dz is finite, and NaN elsewhere, without a test: multiplication by 0 or 1, to which +0 or -0 is added so
     * that zeros keep their sign. The factor is made in two steps, since no number brings every y above 1 at once.
     */
    static void gateFinite(float[] dz, float[] y, int lanes) {
        for (int l = 0; l < lanes; l++) {
            float open = Math.min(y[l] * UP * UP, 1);
            dz[l] = Math.fma(dz[l], open, 0 * (HALF - open));
        }
    }

    /** dz = x w, then {@link #gateFinite} by y. */
    static void multiplyGated(float[] dz, float[] x, float[] w, float[] y, int lanes) {
        for (int l = 0; l < lanes; l++) {
            float open = Math.min(y[l] * UP * UP, 1);
            dz[l] = Math.fma(x[l] * w[l], open, 0 * (HALF - open));
        }
    }

    /** w = rate (dz x) + w. */
    static void descendProduct(float[] w, float[] rate, float[] dz, float[] x, int lanes) {
        for (int l = 0; l < lanes; l++) {
            w[l] = Math.fma(rate[l], dz[l] * x[l], w[l]);
        }
    }

    /** Two neighbouring weights of a unit in one pass: v by x, w by y. */
    static void descendTwoProducts(float[] v, float[] w, float[] rate, float[] dz, float[] x, float[] y, int lanes) {
        for (int l = 0; l < lanes; l++) {
            v[l] = Math.fma(rate[l], dz[l] * x[l], v[l]);
            w[l] = Math.fma(rate[l], dz[l] * y[l], w[l]);
        }
    }

    /** w = rate (0 + dz) + w: the sum over one example, whose zero is never negative. */
    static void descendSum(float[] w, float[] rate, float[] dz, int lanes) {
        for (int l = 0; l < lanes; l++) {
            w[l] = Math.fma(rate[l], 0 + dz[l], w[l]);
        }
    }

    /** bad = 0 x + bad: not 0 from the first infinity or NaN on. */
    static void poison(float[] bad, float[] x, int lanes) {
        for (int l = 0; l < lanes; l++) {
            bad[l] = Math.fma(x[l], 0, bad[l]);
        }
    }

    /** The lanes from {@code at} on, {@code copies} times one after the other. */
    static void repeat(float[] z, float[] x, int at, int lanes, int copies) {
        int length = copies * lanes;
        System.arraycopy(x, at, z, 0, lanes);
        for (int made = lanes; made < length; made += made) {
            System.arraycopy(z, 0, z, made, Math.min(made, length - made));
        }
    }

    /** {@code count} rows of {@code capacity} lanes. */
    static float[][] rows(int count, int capacity) {
        return new float[count][capacity];
    }

    /**
     * {@code count} rows of {@code capacity} numbers and some more: with its header an array is a whole number of cache lines, so
     * rows made one after the other lie to cache lines alike, and what is whole vectors in one is so in all of them.
     */
    static float[][] padded(int count, int capacity) {
        return new float[count][paddedLength(capacity)];
    }

    /** Rows of a layout for {@code capacity} lanes, as {@link #padded(int, int)}. */
    static float[][] padded(LaneLayout layout, int capacity) {
        float[][] rows = new float[layout.rows()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new float[paddedLength(layout.units()[i] * capacity)];
        }
        return rows;
    }

    private static int paddedLength(int numbers) {
        int header = ARRAY_HEADER / Float.BYTES;
        int line = CACHE_LINE / Float.BYTES;
        return (numbers + header + line - 1) / line * line - header;
    }
}

package dev.rectifier.engine.cpu;

/**
 * Short rows that batch normalisation works on: pieces of the arrays, and the channels' constants, each repeated for all
 * places of its channel. All rows of one step begin at 0, so that the compiler can turn the loops into vectors.
 */
final class NormRowsF32 {
    /** Elements of a row at most. */
    static final int WIDTH = 1024;

    final float[] x = new float[WIDTH];
    final float[] tx = new float[WIDTH];
    final float[] g = new float[WIDTH];
    final float[] tg = new float[WIDTH];

    final float[] high = new float[WIDTH];
    final float[] low = new float[WIDTH];
    final float[] root = new float[WIDTH];
    final float[] scale = new float[WIDTH];
    final float[] shift = new float[WIDTH];
    final float[] tScale = new float[WIDTH];
    final float[] tShift = new float[WIDTH];
    final float[] tMean = new float[WIDTH];
    final float[] tProduct = new float[WIDTH];
    final float[] first = new float[WIDTH];
    final float[] second = new float[WIDTH];
    final float[] tFirst = new float[WIDTH];
    final float[] tSecond = new float[WIDTH];
    final float[] slope = new float[WIDTH];

    final double[] centre = new double[WIDTH];
    /** Sums over the examples, for each element of a row. */
    final double[][] sums = new double[4][WIDTH];
    /** The same over the places of a channel too, for each channel. */
    final double[][] totals = new double[4][WIDTH];

    /** Of a worker's scratch memory. */
    static NormRowsF32 of(Scratch scratch) {
        if (scratch.held(0) instanceof NormRowsF32 held) {
            return held;
        }
        NormRowsF32 fresh = new NormRowsF32();
        scratch.hold(0, fresh);
        return fresh;
    }

    /** Sum 0 += x. */
    void addValues(int width) {
        double[] sum0 = sums[0];
        for (int i = 0; i < width; i++) {
            sum0[i] += x[i];
        }
    }

    /** Sum 0 += (x - centre)^2. */
    void addSquares(int width) {
        double[] sum0 = sums[0];
        for (int i = 0; i < width; i++) {
            double distance = x[i] - centre[i];
            sum0[i] = Math.fma(distance, distance, sum0[i]);
        }
    }

    /** x = xhat. */
    void standardise(int width) {
        for (int i = 0; i < width; i++) {
            x[i] = ((x[i] - high[i]) - low[i]) * root[i];
        }
    }

    /** x = scale x + shift, x being xhat. */
    void applyAffine(int width) {
        for (int i = 0; i < width; i++) {
            x[i] = Math.fma(x[i], scale[i], shift[i]);
        }
    }

    /** Sum 0 += g, sum 1 += g xhat. */
    void addProducts(int width) {
        double[] sum0 = sums[0];
        double[] sum1 = sums[1];
        for (int i = 0; i < width; i++) {
            sum0[i] += g[i];
            sum1[i] = Math.fma((double) g[i], (double) x[i], sum1[i]);
        }
    }

    /** Sum 2 += tg, sum 3 += tg xhat + g txhat. */
    void addTangentProducts(int width) {
        double[] sum2 = sums[2];
        double[] sum3 = sums[3];
        for (int i = 0; i < width; i++) {
            sum2[i] += tg[i];
            sum3[i] = Math.fma((double) g[i], (double) tx[i], Math.fma((double) tg[i], (double) x[i], sum3[i]));
        }
    }

    /** g = slope (g - first - xhat second). */
    void slopes(int width) {
        for (int i = 0; i < width; i++) {
            g[i] = slope[i] * Math.fma(-x[i], second[i], g[i] - first[i]);
        }
    }

    /** g = slope g. */
    void givenSlopes(int width) {
        for (int i = 0; i < width; i++) {
            g[i] = slope[i] * g[i];
        }
    }

    /** tx = txhat, the moments moving with x. */
    void move(int width) {
        for (int i = 0; i < width; i++) {
            tx[i] = root[i] * Math.fma(-x[i], tProduct[i], tx[i] - tMean[i]);
        }
    }

    /** tx = txhat, the moments being given. */
    void moveGiven(int width) {
        for (int i = 0; i < width; i++) {
            tx[i] = root[i] * tx[i];
        }
    }

    /** tx = tScale xhat + scale txhat + tShift. */
    void applyTangent(int width) {
        for (int i = 0; i < width; i++) {
            tx[i] = Math.fma(scale[i], tx[i], Math.fma(tScale[i], x[i], tShift[i]));
        }
    }

    /** tg = root (tScale g + scale tg). */
    void givenTangentSlopes(int width) {
        for (int i = 0; i < width; i++) {
            tg[i] = root[i] * Math.fma(tScale[i], g[i], scale[i] * tg[i]);
        }
    }

    /** tg = tdx in training mode; slope is s q. */
    void tangentSlopes(int width) {
        for (int i = 0; i < width; i++) {
            float still = Math.fma(-x[i], second[i], scale[i] * g[i] - first[i]);
            float moved = Math.fma(tScale[i], g[i], scale[i] * tg[i]) - tFirst[i];
            moved = Math.fma(-x[i], tSecond[i], Math.fma(-tx[i], second[i], moved));
            tg[i] = root[i] * Math.fma(-slope[i], still, moved);
        }
    }
}

package dev.rectifier.probe;

/** The largest singular value of a small dense matrix. */
final class OperatorNorm {
    private static final int MOST = 10_000;

    /** Least relative gain of a round that is followed by another. */
    static final double SETTLED = 1e-13;

    private OperatorNorm() {}

    /**
     * By power iteration on A^T A from the sums of the absolute columns, until a round raises the estimate by less than one part
     * in 10^13: from below, and short of the norm by little even where singular values are close. NaN if an entry is. O(rows
     * columns) a round.
     */
    static double of(double[][] a) {
        double[] x = start(a);
        double norm = 0;
        for (int round = 0; round < MOST; round++) {
            normalise(x);
            double[] y = Matrices.times(a, x);
            double next = length(y);
            if (!(next > norm * (1 + SETTLED))) {
                return Math.max(next, norm);
            }
            norm = next;
            x = Matrices.transposedTimes(a, y);
        }
        return norm;
    }

    private static double[] start(double[][] a) {
        double[] x = new double[a[0].length];
        for (double[] row : a) {
            for (int j = 0; j < x.length; j++) {
                x[j] += Math.abs(row[j]);
            }
        }
        return x;
    }

    private static void normalise(double[] x) {
        double length = length(x);
        for (int i = 0; i < x.length; i++) {
            x[i] = length == 0 ? 0 : x[i] / length;
        }
    }

    private static double length(double[] x) {
        double sum = 0;
        for (double v : x) {
            sum += v * v;
        }
        return Math.sqrt(sum);
    }
}

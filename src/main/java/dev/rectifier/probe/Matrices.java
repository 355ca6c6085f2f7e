package dev.rectifier.probe;

/** Small dense fp64 matrices, [row][column], by plain loops: the independent side of checks against an engine. */
final class Matrices {
    private Matrices() {}

    static double[][] identity(int n) {
        double[][] result = new double[n][n];
        for (int i = 0; i < n; i++) {
            result[i][i] = 1;
        }
        return result;
    }

    static double[] times(double[][] a, double[] x) {
        double[] y = new double[a.length];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < x.length; j++) {
                y[i] += a[i][j] * x[j];
            }
        }
        return y;
    }

    /** a^T x. */
    static double[] transposedTimes(double[][] a, double[] x) {
        double[] y = new double[a[0].length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                y[j] += a[i][j] * x[i];
            }
        }
        return y;
    }

    static double[][] product(double[][] a, double[][] b) {
        double[][] c = new double[a.length][];
        for (int i = 0; i < c.length; i++) {
            c[i] = transposedTimes(b, a[i]);
        }
        return c;
    }

    /** left^T middle right. */
    static double[][] sandwich(double[][] left, double[][] middle, double[][] right) {
        double[][] inner = product(middle, right);
        double[][] result = new double[left[0].length][right[0].length];
        for (int k = 0; k < left.length; k++) {
            for (int i = 0; i < result.length; i++) {
                for (int j = 0; j < right[0].length; j++) {
                    result[i][j] += left[k][i] * inner[k][j];
                }
            }
        }
        return result;
    }

    /** diag(rows) a diag(columns). */
    static double[][] scaled(double[] rows, double[][] a, double[] columns) {
        double[][] result = columnsScaled(a, columns);
        for (int i = 0; i < result.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                result[i][j] *= rows[i];
            }
        }
        return result;
    }

    /** a diag(columns). */
    static double[][] columnsScaled(double[][] a, double[] columns) {
        double[][] result = new double[a.length][columns.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                result[i][j] = a[i][j] * columns[j];
            }
        }
        return result;
    }
}

package dev.rectifier.curvature;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A symmetric matrix whose eigenvalues are known in closed form.
 *
 * @param matrix [n][n]
 * @param eigenvalues [n] ascending
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record KnownSpectrum(String name, double[][] matrix, double[] eigenvalues) {
    /** Diagonal, in no order. */
    static KnownSpectrum diagonal(String name, double... values) {
        double[][] matrix = zeros(values.length);
        for (int i = 0; i < values.length; i++) {
            matrix[i][i] = values[i];
        }
        return sorted(name, matrix, values);
    }

    /** The same eigenvalues under random reflections: a full matrix. */
    static KnownSpectrum turned(String name, long seed, double... values) {
        double[][] a = diagonal(name, values).matrix;
        SplittableRandom random = new SplittableRandom(seed);
        for (int k = 0; k < 4; k++) {
            a = reflected(a, unit(random, values.length));
        }
        return sorted(name, a, values);
    }

    /** -1, 2, -1: 2 - 2 cos(i pi / (n + 1)). */
    static KnownSpectrum laplacian(int n) {
        double[][] matrix = zeros(n);
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            matrix[i][i] = 2;
            if (i > 0) {
                matrix[i][i - 1] = -1;
                matrix[i - 1][i] = -1;
            }
            values[i] = 2 - 2 * Math.cos((i + 1) * Math.PI / (n + 1));
        }
        return sorted("Laplacian", matrix, values);
    }

    /** c I + s u u^T. */
    static KnownSpectrum spike(int n, double c, double s) {
        double[] values = new double[n];
        Arrays.fill(values, c);
        values[n - 1] = c + s;
        double[] u = unit(new SplittableRandom(3), n);
        double[][] matrix = zeros(n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                matrix[i][j] = s * u[i] * u[j] + (i == j ? c : 0);
            }
        }
        return sorted("spike", matrix, values);
    }

    /**
     * The Hessian of (1/2) |W2 W1 x - y|^2 averaged over white inputs, for W1 = 0 = W2 and targets y = M x: [[0, K], [K^T, 0]] with the
     * eigenvalues plus and minus every singular value of M, once for each hidden unit. Source: Kawaguchi 2016 (saddle at the
     * origin of a deep linear network).
     *
     * @param singular of M, a diagonal matrix
     */
    static KnownSpectrum linearNetworkAtOrigin(int hidden, double... singular) {
        int d = singular.length;
        int half = hidden * d;
        double[][] matrix = zeros(2 * half);
        double[] values = new double[2 * half];
        for (int h = 0; h < hidden; h++) {
            for (int i = 0; i < d; i++) {
                int first = h * d + i;
                int second = half + i * hidden + h;
                matrix[first][second] = -singular[i];
                matrix[second][first] = -singular[i];
                values[first] = singular[i];
                values[half + first] = -singular[i];
            }
        }
        return sorted("linear network at the origin", matrix, values);
    }

    /** X X^T / n for X [p, n] normal: eigenvalues between the Marchenko-Pastur edges, but for their fluctuation. */
    static double[][] wishart(int p, int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] x = new double[p][n];
        for (double[] row : x) {
            Arrays.setAll(row, i -> random.nextGaussian());
        }
        double[][] matrix = zeros(p);
        for (int i = 0; i < p; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += x[i][k] * x[j][k];
                }
                matrix[i][j] = sum / n;
                matrix[j][i] = sum / n;
            }
        }
        return matrix;
    }

    private static KnownSpectrum sorted(String name, double[][] matrix, double[] values) {
        double[] ascending = values.clone();
        Arrays.sort(ascending);
        return new KnownSpectrum(name, matrix, ascending);
    }

    private static double[][] zeros(int n) {
        return new double[n][n];
    }

    private static double[] unit(SplittableRandom random, int n) {
        double[] u = new double[n];
        Arrays.setAll(u, i -> random.nextGaussian());
        double norm = Math.sqrt(Arrays.stream(u).map(x -> x * x).sum());
        Arrays.setAll(u, i -> u[i] / norm);
        return u;
    }

    /** (I - 2 u u^T) A (I - 2 u u^T), symmetric to the bit. */
    private static double[][] reflected(double[][] a, double[] u) {
        int n = u.length;
        double[] au = new double[n];
        Arrays.setAll(au, i -> inner(a[i], u));
        double uau = inner(au, u);
        double[][] out = zeros(n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                out[i][j] = a[i][j] - 2 * (u[i] * au[j] + au[i] * u[j]) + 4 * uau * u[i] * u[j];
                out[j][i] = out[i][j];
            }
        }
        return out;
    }

    static double inner(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    int size() {
        return eigenvalues.length;
    }

    /** Largest magnitude. */
    double norm() {
        return Math.max(Math.abs(eigenvalues[0]), Math.abs(eigenvalues[size() - 1]));
    }

    @Override
    public String toString() {
        return name + " " + size();
    }
}

package dev.rectifier.curvature;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A dense symmetric matrix brought to tridiagonal form by reflections, in place: A = H_0 ... H_(n-3) T H_(n-3) ... H_0, H_k = I -
 * tau_k v_k v_k^T. The update of a step and the product of the next are one pass over the rest of the matrix, rows in parallel; each
 * row's sum has one order, so the bits do not depend on the number of threads.
 *
 * <p>Cost: 2 n^3 flops and n^3 / 3 elements read and written. Source: Householder 1958; Golub and Van Loan, Matrix Computations, 8.3.1.
 */
final class Householder {
    /** Rows below this are not worth a second thread. */
    private static final int WORTH_SHARING = 128;
    /** Rows that share a reflection while it is in the cache. */
    private static final int GROUP = 8;

    private final double[] a;
    private final int n;
    private final double[] diagonal;
    private final double[] beside;
    private final double[] tau;
    private double[] v;
    private double[] before;
    private final double[] w;
    private final double[] p;

    /** @param matrix [n, n], is overwritten */
    Householder(double[] matrix, int n) {
        a = matrix;
        this.n = n;
        diagonal = new double[n];
        beside = new double[Math.max(0, n - 1)];
        tau = new double[n];
        v = new double[n];
        before = new double[n];
        w = new double[n];
        p = new double[n];
        reduce();
    }

    /** T. */
    Tridiagonal tridiagonal() {
        return new Tridiagonal(diagonal, beside);
    }

    private void reduce() {
        for (int k = 0; k < n; k++) {
            update(k, k);
            diagonal[k] = a[k * n + k];
            if (k < n - 1) {
                reflect(k);
            }
        }
    }

    /** Row i loses v w^T + w v^T of the step before, from column {@code from}. */
    private void update(int i, int from) {
        double vi = before[i];
        double wi = w[i];
        int row = i * n;
        for (int j = from; j < n; j++) {
            a[row + j] -= vi * w[j] + wi * before[j];
        }
    }

    private void reflect(int k) {
        reflector(k);
        rows(k + 1).forEach(i -> {
            update(i, k + 1);
            p[i] = dot(a, i * n, v, k + 1);
        });
        double half = tau[k] * tau[k] / 2 * dot(p, 0, v, k + 1);
        for (int i = k + 1; i < n; i++) {
            w[i] = tau[k] * p[i] - half * v[i];
        }
        System.arraycopy(v, k + 1, a, k * n + k + 1, n - k - 1);
        double[] last = before;
        before = v;
        v = last;
    }

    /** v and tau that send row k behind its diagonal to one number, which is T's. */
    private void reflector(int k) {
        Arrays.fill(v, 0);
        int first = k * n + k + 1;
        double rest = norm(first + 1, (k + 1) * n);
        double x = a[first];
        if (rest == 0) {
            beside[k] = x;
            return;
        }
        double image = -Math.copySign(Math.hypot(x, rest), x);
        beside[k] = image;
        tau[k] = (image - x) / image;
        for (int j = k + 2; j < n; j++) {
            v[j] = a[k * n + j] / (x - image);
        }
        v[k + 1] = 1;
    }

    /** Of a[from] to a[to - 1], scaled so that no square leaves the range of numbers. */
    private double norm(int from, int to) {
        double most = 0;
        for (int j = from; j < to; j++) {
            most = Math.max(most, Math.abs(a[j]));
        }
        double sum = 0;
        for (int j = from; most > 0 && j < to; j++) {
            sum += (a[j] / most) * (a[j] / most);
        }
        return most * Math.sqrt(sum);
    }

    private IntStream rows(int from) {
        IntStream range = IntStream.range(from, n);
        return n - from > WORTH_SHARING ? range.parallel() : range;
    }

    /** Four sums side by side, so that additions need not wait for each other. */
    private double dot(double[] x, int row, double[] y, int from) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int j = from;
        for (; j + 3 < n; j += 4) {
            s0 += x[row + j] * y[j];
            s1 += x[row + j + 1] * y[j + 1];
            s2 += x[row + j + 2] * y[j + 2];
            s3 += x[row + j + 3] * y[j + 3];
        }
        for (; j < n; j++) {
            s0 += x[row + j] * y[j];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Eigenvectors of T become those of A: each row x becomes H_0 ... H_(n-3) x. 2 n^3 flops for n of them. */
    void transform(double[][] rows) {
        int groups = (rows.length + GROUP - 1) / GROUP;
        IntStream range = IntStream.range(0, groups);
        (n > WORTH_SHARING ? range.parallel() : range)
                .forEach(g -> transform(rows, g * GROUP, Math.min(rows.length, (g + 1) * GROUP)));
    }

    private void transform(double[][] rows, int first, int last) {
        for (int k = n - 2; k >= 0; k--) {
            for (int i = first; tau[k] != 0 && i < last; i++) {
                double[] x = rows[i];
                double along = tau[k] * dot(a, k * n, x, k + 1);
                for (int j = k + 1; j < n; j++) {
                    x[j] -= along * a[k * n + j];
                }
            }
        }
    }
}

package dev.rectifier.conformance;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** Reductions of one replica in naive fp64 loops; every bound is one of fp64 accumulation, whatever the element type. */
final class ReduceOracle {
    private static final double U = DType.F64.unitRoundoff();

    private ReduceOracle() {}

    static Expected sum(HostTensor a) {
        return total(a.length(), a::get);
    }

    static Expected dot(HostTensor a, HostTensor b) {
        return total(a.length(), i -> a.get(i) * b.get(i));
    }

    private static Expected total(int terms, IntToDoubleFunction term) {
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < terms; i++) {
            sum += term.applyAsDouble(i);
            magnitude += Math.abs(term.applyAsDouble(i));
        }
        return bounded(new double[] {sum}, new double[] {Bound.sum(DType.F64, terms, magnitude)});
    }

    /** Where the oracle itself says NaN or infinity the engine must say the same. */
    private static Expected bounded(double[] values, double[] bounds) {
        for (int i = 0; i < values.length; i++) {
            bounds[i] = Double.isFinite(values[i]) ? bounds[i] : 0;
        }
        return new Expected(values, bounds);
    }

    static Expected mean(HostTensor x, int n, int width) {
        double[] means = new double[width];
        double[] bounds = new double[width];
        for (int w = 0; w < width; w++) {
            double[] column = column(x, n, width, w);
            means[w] = mean(column);
            bounds[w] = Bound.sum(DType.F64, n + 1, absolute(column) / n);
        }
        return openWhereNotFinite(means, bounds);
    }

    /**
     * Sum of squared deviations S. Updating and pairwise algorithms have relative error at most n kappa u, with
     * kappa = sqrt(sum x^2 / S) (Chan, Golub and LeVeque 1983, table 1); the oracle's two passes have n u + (n kappa u)^2.
     */
    static Expected deviations(HostTensor x, int n, int width) {
        double[] sums = new double[width];
        double[] bounds = new double[width];
        for (int w = 0; w < width; w++) {
            double[] column = column(x, n, width, w);
            sums[w] = squares(centred(column));
            double raw = squares(column);
            double spread = Math.sqrt(raw) * Math.sqrt(sums[w]);
            double nu = (n + 1) * U;
            bounds[w] = Bound.C * (nu * (spread + sums[w]) + nu * nu * raw + n * Double.MIN_VALUE);
        }
        return openWhereNotFinite(sums, bounds);
    }

    static Expected columnSquares(HostTensor x, int rows, int width) {
        double[] sums = new double[width];
        double[] bounds = new double[width];
        for (int w = 0; w < width; w++) {
            sums[w] = squares(column(x, rows, width, w));
            bounds[w] = Bound.sum(DType.F64, rows, sums[w]);
        }
        return bounded(sums, bounds);
    }

    static Expected argmax(HostTensor x, int n, int classes) {
        return Expected.filled(n, row -> winner(x, row, classes));
    }

    private static int winner(HostTensor x, int row, int classes) {
        int best = 0;
        for (int k = 1; k < classes; k++) {
            double challenger = x.get(row * classes + k);
            double champion = x.get(row * classes + best);
            if (challenger > champion || (Double.isNaN(challenger) && !Double.isNaN(champion))) {
                best = k;
            }
        }
        return best;
    }

    static Expected correct(HostTensor x, HostTensor labels, int n, int classes) {
        int count = 0;
        for (int row = 0; row < n; row++) {
            count += winner(x, row, classes) == labels.ints()[row] ? 1 : 0;
        }
        return Expected.exactly(count);
    }

    /**
     * rho[t,s] = sum_n a~ b~ / sqrt((sum a~^2 + eps)(sum b~^2 + eps)), eps = 1e-10, a~ and b~ centred.
     *
     * <p>Bound: a mean is wrong by at most n u |a|_2 / sqrt(n), so the centred column by n u |a|_2 in norm; with
     * kappa_a = |a|_2 / sqrt(S_a + eps) the cross product, divided by both roots, is wrong by
     * n u (kappa_a + kappa_b + 1), and each root by half of n u (2 kappa_a + 1) relative to a rho of at most 1.
     */
    static Expected correlation(HostTensor teacher, HostTensor student, int n, int teachers, int students) {
        double[] values = new double[teachers * students];
        double[] bounds = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double[] a = column(teacher, n, teachers, i / students);
            double[] b = column(student, n, students, i % students);
            double rootA = Math.sqrt(squares(centred(a)) + 1e-10);
            double rootB = Math.sqrt(squares(centred(b)) + 1e-10);
            values[i] = product(centred(a), centred(b)) / rootA / rootB;
            double kappas = Math.sqrt(squares(a)) / rootA + Math.sqrt(squares(b)) / rootB;
            bounds[i] = Bound.C * (n + 6) * U * (2 * kappas + 2);
        }
        return openWhereNotFinite(values, bounds);
    }

    /** Where the oracle is not finite the engine must not be either; which kind of not finite is open. */
    private static Expected openWhereNotFinite(double[] values, double[] bounds) {
        for (int i = 0; i < values.length; i++) {
            bounds[i] = Double.isFinite(values[i]) ? bounds[i] : Expected.NOT_FINITE;
        }
        return new Expected(values, bounds);
    }

    private static double[] column(HostTensor x, int rows, int width, int w) {
        double[] column = new double[rows];
        Arrays.setAll(column, row -> x.get(row * width + w));
        return column;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double absolute(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += Math.abs(value);
        }
        return sum;
    }

    private static double[] centred(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(v -> v - mean).toArray();
    }

    private static double squares(double[] values) {
        return product(values, values);
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}

package dev.rectifier.curvature;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A symmetric tridiagonal matrix on the host, in fp64.
 *
 * @param diagonal alpha [n]
 * @param beside beta [n - 1]: beta[i] couples i and i+1
 */
@SuppressWarnings("ArrayRecordComponent") // a working matrix, never compared
record Tridiagonal(double[] diagonal, double[] beside) {
    /** QL steps for one eigenvalue after which something is wrong; two are usual. */
    private static final int MOST_STEPS = 60;

    /**
     * Eigenvalues in ascending order with parts of their eigenvectors.
     *
     * @param values [n]
     * @param entries [n][t]: of eigenvector i, the entries asked for
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Eigen(double[] values, double[][] entries) {}

    int size() {
        return diagonal.length;
    }

    /**
     * The entries with these numbers of every eigenvector: 30 n^2 flops for the values, and 10 n^2 for each entry. NaN everywhere if
     * the matrix is not finite.
     */
    Eigen eigen(int... wanted) {
        int n = size();
        double[] rows = new double[n * wanted.length];
        for (int j = 0; j < wanted.length; j++) {
            rows[wanted[j] * wanted.length + j] = 1;
        }
        double[] values = values(new RotatedRows(rows, wanted.length));
        Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
        double[][] entries = new double[n][];
        for (int i = 0; i < n; i++) {
            entries[i] = Arrays.copyOfRange(rows, order[i] * wanted.length, (order[i] + 1) * wanted.length);
        }
        return new Eigen(Arrays.stream(order).mapToDouble(i -> values[i]).toArray(), entries);
    }

    /** Whole eigenvectors. */
    Eigen eigen() {
        return eigen(IntStream.range(0, size()).toArray());
    }

    /**
     * Eigenvalues as the iteration finds them; row i of what was rotated belongs to the i-th.
     *
     * <p>Implicit QL with Wilkinson's shift (Dubrulle, Martin and Wilkinson 1968). Couplings below the rounding of the largest row
     * are taken for 0: values are right to a few unit roundoffs of the norm.
     *
     * @throws ArithmeticException if it does not converge
     */
    double[] values(Rotations rotations) {
        double[] d = diagonal.clone();
        double[] e = Arrays.copyOf(beside, d.length);
        double norm = norm();
        if (!Double.isFinite(norm)) {
            Arrays.fill(d, Double.NaN);
            return d;
        }
        for (int first = 0; first < d.length; first++) {
            int last = block(e, first, norm);
            for (int step = 0; last > first; step++) {
                if (step == MOST_STEPS) {
                    throw new ArithmeticException(
                            "Eigenvalue " + first + " of a tridiagonal matrix was not found in " + step + " QL steps.");
                }
                sweep(d, e, first, last, rotations);
                last = block(e, first, norm);
            }
        }
        rotations.finish();
        return d;
    }

    /** Largest sum of a row's magnitudes. */
    double norm() {
        double most = 0;
        for (int i = 0; i < diagonal.length; i++) {
            double row = Math.abs(diagonal[i]) + coupling(i - 1) + coupling(i);
            most = Double.isNaN(row) ? row : Math.max(most, row);
        }
        return most;
    }

    private double coupling(int i) {
        return i < 0 || i >= beside.length ? 0 : Math.abs(beside[i]);
    }

    /** The last index of the block that begins with {@code first} and has no coupling that is nothing. */
    private static int block(double[] e, int first, double norm) {
        int last = first;
        while (last < e.length - 1 && Math.abs(e[last]) > Math.ulp(1.0) / 2 * norm) {
            last++;
        }
        return last;
    }

    /** One QL step from the end of the block to its beginning. */
    private static void sweep(double[] d, double[] e, int first, int last, Rotations rotations) {
        double half = (d[first + 1] - d[first]) / (2 * e[first]);
        double root = Math.hypot(half, 1);
        double g = d[last] - d[first] + e[first] / (half + Math.copySign(root, half));
        double sine = 1;
        double cosine = 1;
        double moved = 0;
        for (int i = last - 1; i >= first; i--) {
            double f = sine * e[i];
            double b = cosine * e[i];
            double radius = Math.hypot(f, g);
            e[i + 1] = radius;
            if (radius == 0) {
                d[i + 1] -= moved;
                e[last] = 0;
                return;
            }
            sine = f / radius;
            cosine = g / radius;
            g = d[i + 1] - moved;
            double step = (d[i] - g) * sine + 2 * cosine * b;
            moved = sine * step;
            d[i + 1] = g + moved;
            g = cosine * step - b;
            rotations.rotate(i, cosine, sine);
        }
        d[first] -= moved;
        e[first] = g;
        e[last] = 0;
    }
}

package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One replica's matrix in full, column by column from P products: the reference for everything that only asks for some. */
public final class DenseMatrix {
    /** Largest P: 200 MB a replica. */
    public static final int MOST = 5_000;
    /** Most numbers of all replicas together: 2 GB. */
    private static final long MOST_NUMBERS = 250_000_000;

    private final int size;
    private final double[] entries;

    DenseMatrix(int size, double[] entries) {
        this.size = size;
        this.entries = entries;
    }

    /** P. */
    public int size() {
        return size;
    }

    /** A copy, [P, P] row by row, as the products gave them. */
    public double[] entries() {
        return entries.clone();
    }

    /**
     * The matrices of all replicas, by P products.
     *
     * @throws IllegalArgumentException if they are too large
     */
    public static List<DenseMatrix> of(LinearOperator operator) {
        requireFit(operator.replicas(), operator.size());
        int n = Math.toIntExact(operator.size());
        List<DenseMatrix> all = new ArrayList<>();
        for (int r = 0; r < operator.replicas(); r++) {
            all.add(new DenseMatrix(n, new double[n * n]));
        }
        try (Arena arena = operator.engine().openArena("dense matrix")) {
            Shape shape = Shape.of(all.size(), n);
            View unit = arena.zeros(operator.dtype(), shape).view();
            View product = arena.allocate(operator.dtype(), shape).view();
            for (int j = 0; j < n; j++) {
                View place = unit.slice(j, Shape.of(1));
                operator.engine().pointwise().fill(place, 1);
                operator.apply(product, unit);
                operator.engine().pointwise().fill(place, 0);
                putColumn(all, j, product.download().toDoubles());
            }
        }
        return all;
    }

    private static void putColumn(List<DenseMatrix> all, int j, double[] columns) {
        for (int r = 0; r < all.size(); r++) {
            DenseMatrix matrix = all.get(r);
            int n = matrix.size;
            for (int i = 0; i < n; i++) {
                matrix.entries[i * n + j] = columns[r * n + i];
            }
        }
    }

    private static void requireFit(long replicas, long size) {
        if (size > MOST) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "A matrix of P = %,d weights has %.1f GB in full, and its eigenvalues take %.0e operations; the most"
                            + " is P = %,d. Ask for extreme eigenvalues, a density or a trace, which need products alone,"
                            + " or take a narrower network.",
                    size,
                    8e-9 * size * size,
                    2.0 * size * size * size,
                    MOST));
        }
        if (replicas * size * size > MOST_NUMBERS) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%,d matrices of P = %,d have %.1f GB in full; the most is %.1f GB. Take %,d replicas at a time.",
                    replicas,
                    size,
                    8e-9 * replicas * size * size,
                    8e-9 * MOST_NUMBERS,
                    MOST_NUMBERS / (size * size)));
        }
    }

    /** max |a_ij - a_ji| / max |a_ij|: rounding, where the matrix is symmetric. 0 of a zero matrix. */
    public double symmetryGap() {
        double gap = 0;
        double most = 0;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double above = entries[j * size + i];
                double below = entries[i * size + j];
                gap = Math.max(gap, Math.abs(above - below));
                most = Math.max(most, Math.max(Math.abs(above), Math.abs(below)));
            }
        }
        return gap == 0 ? 0 : gap / most;
    }

    /** (A + A^T) / 2. */
    private double[] symmetrised() {
        double[] both = new double[entries.length];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                both[i * size + j] = (entries[i * size + j] + entries[j * size + i]) / 2;
            }
        }
        return both;
    }

    /** Eigenvalues of (A + A^T) / 2, ascending. */
    public double[] eigenvalues() {
        return SymmetricEigen.values(symmetrised(), size).values();
    }

    /** Eigenvalues and eigenvectors of (A + A^T) / 2. */
    public SymmetricEigen eigen() {
        return SymmetricEigen.decompose(symmetrised(), size);
    }
}

package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;

/**
 * Lanczos' recurrence with full re-orthogonalisation, of R symmetric matrices at once: A Q = Q T + beta q e^T, Q orthonormal, T
 * tridiagonal. Where a Krylov space is exhausted (beta no more than rounding), that replica goes on with a fresh random vector
 * and beta 0; those beside it notice nothing. A replica whose products are not finite has NaN for every number.
 *
 * <p>Memory: (m + 4) R P elements for m steps. Cost of step j: one product and 4 j P multiply-adds per replica. Two numbers per
 * replica and step come to the host (alpha, beta) and one goes back (1 / beta); vectors never do.
 *
 * <p>Source: Lanczos 1950; Paige 1971 (what is lost without re-orthogonalisation); Golub and Van Loan, Matrix Computations, 10.3.
 */
final class Lanczos {
    /** A coupling of fewer unit roundoffs of the matrix's size is rounding. */
    private static final double NOTHING = 16;

    private final LinearOperator operator;
    private final VectorSpace space;
    private final Basis basis;
    private final Probes probes;
    private final View vector;
    private final View product;
    private final double[][] alpha;
    private final double[][] beta;
    private final double[] largest;
    private long probe;
    private int steps;

    /** @param capacity m: most steps; never more than P */
    Lanczos(LinearOperator operator, Arena arena, Streams streams, int capacity) {
        this.operator = operator;
        space = new VectorSpace(operator, arena);
        basis = new Basis(space, (int) Math.min(capacity, operator.size()));
        probes = new Probes(space, streams);
        vector = space.vector("Lanczos vector");
        product = space.vector("product");
        alpha = new double[space.replicas()][basis.capacity()];
        beta = new double[space.replicas()][basis.capacity()];
        largest = new double[space.replicas()];
    }

    /** Begins anew, from the start vectors of a probe: standard normal, at length 1. */
    void start(long number) {
        probe = number;
        steps = 0;
        Arrays.fill(largest, 0);
        probes.normal(product, probe, 0);
        append(0, new double[space.replicas()]);
    }

    /** Steps done. */
    int steps() {
        return steps;
    }

    /** m, or P where that is less. */
    int capacity() {
        return basis.capacity();
    }

    VectorSpace space() {
        return space;
    }

    /** Goes on until there are so many steps, or as many as there can be. */
    void extend(int to) {
        while (steps < Math.min(to, capacity())) {
            step();
        }
    }

    private void step() {
        int j = steps++;
        basis.get(vector, j);
        operator.apply(space.seen(product), space.seen(vector));
        double[] a = space.dot(product, vector);
        basis.orthogonalise(product, steps);
        double[] floor = new double[a.length];
        for (int r = 0; r < a.length; r++) {
            alpha[r][j] = a[r];
            double before = j == 0 ? 0 : beta[r][j - 1];
            largest[r] = Math.max(largest[r], Math.abs(a[r]) + before);
            floor[r] = NOTHING * space.dtype().unitRoundoff() * largest[r];
        }
        double[] norms = append(steps, floor);
        for (int r = 0; r < a.length; r++) {
            beta[r][j] = norms[r];
            largest[r] = Math.max(largest[r], Math.abs(a[r]) + norms[r]);
        }
    }

    /** The product becomes vector i if there is one; returns its norm, 0 where that is rounding. */
    private double[] append(int i, double[] floor) {
        double[] norms = space.norms(product);
        if (i < capacity()) {
            basis.append(product, i, norms, floor, fresh -> probes.normal(fresh, probe, i + 1L));
            return norms;
        }
        for (int r = 0; r < norms.length; r++) {
            norms[r] = i == space.size() || norms[r] <= floor[r] ? 0 : norms[r];
        }
        return norms;
    }

    /** T of one replica after m steps. */
    Tridiagonal tridiagonal(int replica, int m) {
        return new Tridiagonal(Arrays.copyOf(alpha[replica], m), Arrays.copyOf(beta[replica], Math.max(0, m - 1)));
    }

    /** beta_m: what couples the first m vectors with the rest of the space. */
    double coupling(int replica, int m) {
        return beta[replica][m - 1];
    }

    /** out[r] = sum_i s[r][i] q_i: Ritz vectors; s[r] of length {@link #capacity}, 0 where there was no step. */
    void combine(View out, double[][] s) {
        basis.combine(out, s);
    }
}

package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/**
 * Up to m vectors of each replica, one behind the other: Q [R C, m, L], with the products of all of them at once, and
 * Gram-Schmidt orthogonalisation by these. Takes R m C L elements and a few numbers per chunk.
 *
 * <p>Classical Gram-Schmidt done twice leaves orthogonality at the level of rounding unless the vector is numerically in the
 * span: Giraud, Langou, Rozloznik and van den Eshof, Rounding error analysis of the classical Gram-Schmidt process (2005).
 */
final class Basis {
    private final VectorSpace space;
    private final int capacity;
    private final View all;
    private final View spare;
    private final View partial;
    private final View whole;
    private final View spread;
    private final View same;

    Basis(VectorSpace space, int capacity) {
        this.space = space;
        this.capacity = capacity;
        Arena arena = space.arena().openArena("basis");
        long blocks = space.replicas() * space.chunks();
        all = arena.zeros(space.dtype(), Shape.of(blocks, capacity, space.length()))
                .view();
        spare = space.vector("span of a basis");
        partial = arena.allocate(space.dtype(), Shape.of(blocks, capacity)).view();
        spread = arena.allocate(space.dtype(), Shape.of(blocks, capacity)).view();
        whole = arena.allocate(space.dtype(), Shape.of(space.replicas(), capacity))
                .view();
        same = arena.zeros(DType.I32, Shape.of(space.replicas(), space.chunks()))
                .view();
    }

    /** m. */
    int capacity() {
        return capacity;
    }

    /** The first n vectors: [R C, n, L]. */
    private View rows(int n) {
        return all.rows(0, n);
    }

    private View row(int i) {
        return all.rows(i, 1);
    }

    /** Vector i becomes {@code vector}. */
    void set(int i, View vector) {
        space.engine().pointwise().copy(row(i), space.chunked(vector, 1, space.length()));
    }

    /** {@code vector} becomes vector i. */
    void get(View vector, int i) {
        space.engine().pointwise().copy(space.chunked(vector, 1, space.length()), row(i));
    }

    /** Rows of a table of coefficients without gaps: [blocks, extents...]. */
    private static View dense(View table, long blocks, long... extents) {
        Shape shape = Shape.of(extents);
        return new View(table.buffer(), 0, shape.size(), shape.prepend(blocks));
    }

    /** The inner products of {@code vector} with the first n, for every chunk: [R C, 1, n]. Stays on the device. */
    View coefficients(View vector, int n) {
        Engine engine = space.engine();
        long blocks = space.replicas() * space.chunks();
        engine.dense().forward(dense(partial, blocks, 1, n), space.chunked(vector, 1, space.length()), rows(n));
        View total = dense(whole, space.replicas(), n);
        engine.dense().biasGradient(total, dense(partial, space.replicas(), space.chunks(), n));
        return spread(n);
    }

    private View spread(int n) {
        space.engine()
                .pointwise()
                .gather(dense(spread, space.replicas(), space.chunks(), n), dense(whole, space.replicas(), 1, n), same);
        return dense(spread, space.replicas() * space.chunks(), 1, n);
    }

    /**
     * vector = sum_i c_i q_i over the first n.
     *
     * @param coefficients [R C, 1, n] from {@link #coefficients} of any basis
     */
    void combine(View vector, View coefficients) {
        int n = Math.toIntExact(coefficients.dim(2));
        space.engine().dense().inputGradient(space.chunked(vector, 1, space.length()), coefficients, rows(n));
    }

    /** vector[r] = sum_i c[r][i] q_i; all c[r] of one length. R n numbers go to the device. */
    void combine(View vector, double[][] c) {
        int n = c[0].length;
        HostTensor numbers = HostTensor.zeros(space.dtype(), whole.shape());
        for (int r = 0; r < c.length; r++) {
            for (int i = 0; i < n; i++) {
                numbers.set(r * n + i, c[r][i]);
            }
        }
        whole.buffer().upload(numbers);
        combine(vector, spread(n));
    }

    /** vector -= Q^T Q vector with the first n, twice. 4 n P elements read. */
    void orthogonalise(View vector, int n) {
        for (int pass = 0; n > 0 && pass < 2; pass++) {
            combine(spare, coefficients(vector, n));
            space.engine().pointwise().axpy(vector, -1, spare);
        }
    }

    /**
     * Makes an orthogonal vector the i-th, of length 1. Where it is no longer than {@code floor}, the first i span an invariant
     * space as far as numbers can tell, and a fresh random vector orthogonal to them takes its place; only in those replicas.
     *
     * @param vector [R, C L], is overwritten
     * @param norms of the vector; 0 afterwards where it was replaced
     */
    void append(View vector, int i, double[] norms, double[] floor, Fresh fresh) {
        double[] inverse = new double[norms.length];
        boolean[] ended = new boolean[norms.length];
        boolean any = false;
        for (int r = 0; r < norms.length; r++) {
            ended[r] = norms[r] <= floor[r];
            any |= ended[r];
            inverse[r] = 1 / norms[r];
        }
        if (any) {
            replace(vector, i, ended, inverse, fresh);
        }
        for (int r = 0; r < norms.length; r++) {
            norms[r] = ended[r] ? 0 : norms[r];
        }
        space.scale(spare, vector, inverse);
        set(i, spare);
    }

    private void replace(View vector, int i, boolean[] ended, double[] inverse, Fresh fresh) {
        try (Arena arena = space.arena().openArena("fresh vector")) {
            View other = space.vector(arena);
            fresh.draw(other);
            orthogonalise(other, i);
            double[] lengths = space.norms(other);
            for (int r = 0; r < ended.length; r++) {
                if (ended[r]) {
                    space.copyOne(vector, other, r);
                    inverse[r] = i < space.size() ? 1 / lengths[r] : 0;
                }
            }
        }
    }

    /** Where vectors come from that take the place of vanished ones. */
    @FunctionalInterface
    interface Fresh {
        /** Fills a vector [R, C L]. */
        void draw(View vector);
    }
}

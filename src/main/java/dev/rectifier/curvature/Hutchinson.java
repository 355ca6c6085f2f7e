package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * What probes z of random signs say of a matrix: z^T A z, whose mean is the trace, with variance 2 (|A|_F^2 - sum_i a_ii^2) for a
 * symmetric A; and |A z|^2, whose mean is |A|_F^2. One product per probe gives both.
 *
 * <p>Source: Hutchinson 1990; Avron and Toledo 2011 (variances).
 *
 * @param quadratic [R][n] z^T A z
 * @param squares [R][n] |A z|^2
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Hutchinson(double[][] quadratic, double[][] squares) {
    /**
     * n products; memory 2 R P elements.
     *
     * @param streams one per replica
     * @param probes n
     */
    public static Hutchinson estimate(Arena arena, LinearOperator operator, Streams streams, int probes) {
        if (probes < 1) {
            throw new IllegalArgumentException("A trace needs at least 1 probe, not " + probes + ".");
        }
        try (Arena own = arena.openArena("trace")) {
            VectorSpace space = new VectorSpace(operator, own);
            Probes random = new Probes(space, streams);
            View z = space.vector("probe");
            View product = space.vector("product");
            double[][] quadratic = new double[space.replicas()][probes];
            double[][] squares = new double[space.replicas()][probes];
            for (int i = 0; i < probes; i++) {
                random.signs(z, product, i);
                operator.apply(space.seen(product), space.seen(z));
                put(quadratic, i, space.dot(z, product));
                put(squares, i, space.dot(product, product));
            }
            return new Hutchinson(quadratic, squares);
        }
    }

    static void put(double[][] table, int column, double[] values) {
        for (int r = 0; r < values.length; r++) {
            table[r][column] = values[r];
        }
    }

    private static List<Estimate> perReplica(double[][] samples, Function<double[], Estimate> estimate) {
        return Arrays.stream(samples).map(estimate).toList();
    }

    /** Of each replica. */
    public List<Estimate> trace() {
        return perReplica(quadratic, Estimate::mean);
    }

    /** |A|_F^2 of each replica: the sum of the squared eigenvalues. */
    public List<Estimate> squaredFrobeniusNorm() {
        return perReplica(squares, Estimate::mean);
    }

    /** |A|_F of each replica: the root of an unbiased estimate, its error to first order. */
    public List<Estimate> frobeniusNorm() {
        return squaredFrobeniusNorm().stream()
                .map(square -> square.map(Math::sqrt, 0.5 / Math.sqrt(square.value())))
                .toList();
    }

    /** The trace over all replicas, the scatter of probes apart from that of replicas. */
    public Spread traceSpread() {
        return Spread.of(quadratic);
    }
}

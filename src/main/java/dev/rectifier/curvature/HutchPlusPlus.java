package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.List;

/**
 * The trace as an exact part, of the span Q of s products with random signs, and Hutchinson's estimate of the rest: trace Q^T A Q
 * + mean of y^T A y, y = z - Q Q^T z. Only the rest's eigenvalues scatter, so few outliers cost nothing.
 *
 * <p>Source: Meyer, Musco, Musco and Woodruff, Hutch++ (2021), algorithm 1: a third of the products each for the span, for its trace
 * and for the rest.
 */
public final class HutchPlusPlus {
    /** Draws of the probes for the span begin here, those for the rest at 0. */
    private static final long SPAN = 1L << 20;
    /** A product of fewer unit roundoffs of its length outside the span is in it. */
    private static final double NOTHING = 16;

    private final LinearOperator operator;
    private final VectorSpace space;
    private final Probes random;
    private final Basis basis;
    private final View vector;
    private final View product;

    private HutchPlusPlus(LinearOperator operator, Arena arena, Streams streams, int span) {
        this.operator = operator;
        space = new VectorSpace(operator, arena);
        random = new Probes(space, streams);
        basis = new Basis(space, span);
        vector = space.vector("probe");
        product = space.vector("product");
    }

    /**
     * The trace of each replica's matrix; its standard error is that of the rest. Memory (products / 3 + 4) R P elements.
     *
     * @param streams one per replica
     * @param products at least 6, so that the rest has two samples
     */
    public static List<Estimate> trace(Arena arena, LinearOperator operator, Streams streams, int products) {
        if (products < 6) {
            throw new IllegalArgumentException("Hutch++ needs at least 6 products, not " + products
                    + ": take more, or Hutchinson's estimate from as many probes.");
        }
        int span = (int) Math.min(products / 3, operator.size());
        try (Arena own = arena.openArena("trace")) {
            return new HutchPlusPlus(operator, own, streams, span).estimates(products - 2 * span);
        }
    }

    private List<Estimate> estimates(int probes) {
        double[] known = known();
        double[][] rest = new double[space.replicas()][probes];
        for (int i = 0; i < probes; i++) {
            random.signs(vector, product, i);
            basis.orthogonalise(vector, basis.capacity());
            Hutchinson.put(rest, i, quadratic());
        }
        Estimate[] found = new Estimate[known.length];
        Arrays.setAll(found, r -> Estimate.mean(rest[r]).plus(known[r]));
        return List.of(found);
    }

    /** vector^T A vector. */
    private double[] quadratic() {
        operator.apply(space.seen(product), space.seen(vector));
        return space.dot(vector, product);
    }

    /** Makes the span; its part of the trace. Where products do not span as much, random vectors take the places: any span is right. */
    private double[] known() {
        double[] sum = new double[space.replicas()];
        for (int i = 0; i < basis.capacity(); i++) {
            long column = SPAN + i;
            random.signs(vector, product, column);
            operator.apply(space.seen(product), space.seen(vector));
            double[] before = space.norms(product);
            basis.orthogonalise(product, i);
            double[] floor = new double[before.length];
            Arrays.setAll(floor, r -> NOTHING * space.dtype().unitRoundoff() * before[r]);
            basis.append(product, i, space.norms(product), floor, other -> random.normal(other, column, 1));
            basis.get(vector, i);
            double[] part = quadratic();
            Arrays.setAll(sum, r -> sum[r] + part[r]);
        }
        return sum;
    }
}

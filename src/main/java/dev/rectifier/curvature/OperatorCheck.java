package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a matrix deserves to be asked: products that differ from one call to the next, or that are not symmetric, make every
 * spectrum meaningless. One replica's findings; three products.
 *
 * @param symmetryGap |u^T A v - v^T A u| / (|u| |A v|) for random u and v: some unit roundoffs times the depth of the network; 0
 *     where A v is 0
 * @param repeats whether the same product twice has the same numbers; false also where they are not finite
 */
public record OperatorCheck(double symmetryGap, boolean repeats) {
    /**
     * Of every replica.
     *
     * @param streams one per replica
     */
    public static List<OperatorCheck> of(Arena arena, LinearOperator operator, Streams streams) {
        try (Arena own = arena.openArena("check of an operator")) {
            VectorSpace space = new VectorSpace(operator, own);
            Probes random = new Probes(space, streams);
            View u = space.vector("u");
            View v = space.vector("v");
            View au = space.vector("A u");
            View av = space.vector("A v");
            random.normal(u, 0, 0);
            random.normal(v, 1, 0);
            operator.apply(space.seen(au), space.seen(u));
            operator.apply(space.seen(av), space.seen(v));
            double[] one = space.dot(u, av);
            double[] other = space.dot(v, au);
            double[] lengths = space.norms(u);
            double[] products = space.norms(av);
            operator.apply(space.seen(au), space.seen(v));
            space.engine().pointwise().axpy(au, -1, av);
            double[] change = space.norms(au);
            OperatorCheck[] found = new OperatorCheck[change.length];
            Arrays.setAll(
                    found,
                    r -> new OperatorCheck(
                            products[r] == 0 ? 0 : Math.abs(one[r] - other[r]) / (lengths[r] * products[r]),
                            change[r] == 0));
            return List.of(found);
        }
    }
}

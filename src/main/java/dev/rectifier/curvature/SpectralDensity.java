package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Stochastic Lanczos quadrature: what n start vectors of m steps each saw of every replica's spectrum. Nodes and weights are kept as
 * they are; broadening comes after.
 *
 * <p>Source: Lin, Saad and Yang, Approximating spectral densities of large matrices (2016); Ghorbani, Krishnan and Xiao 2019; Papyan
 * 2019.
 *
 * @param size P
 * @param quadratures [R][n]
 */
public record SpectralDensity(long size, List<List<Quadrature>> quadratures) {
    /**
     * n m products, one probe after the other, all replicas together; memory (m + 4) R P elements.
     *
     * @param streams one per replica
     * @param probes n
     * @param steps m; P is enough
     */
    public static SpectralDensity estimate(
            Arena arena, LinearOperator operator, Streams streams, int probes, int steps) {
        if (probes < 1 || steps < 1) {
            throw new IllegalArgumentException(
                    "A density needs at least 1 probe of at least 1 step, not " + probes + " of " + steps + ".");
        }
        try (Arena own = arena.openArena("spectral density")) {
            Lanczos lanczos = new Lanczos(operator, own, streams, steps);
            List<List<Quadrature>> found = new ArrayList<>();
            for (int r = 0; r < operator.replicas(); r++) {
                found.add(new ArrayList<>());
            }
            for (int probe = 0; probe < probes; probe++) {
                lanczos.start(probe);
                lanczos.extend(steps);
                for (int r = 0; r < found.size(); r++) {
                    found.get(r).add(Quadrature.of(lanczos.tridiagonal(r, lanczos.steps())));
                }
            }
            return new SpectralDensity(operator.size(), found);
        }
    }

    /** trace f(A) = P times the mean of the quadratures. */
    public Spread trace(DoubleUnaryOperator f) {
        return Spread.of(samples(quadrature -> size * quadrature.integral(f)));
    }

    private double[][] samples(ToDoubleFunction<Quadrature> of) {
        return quadratures.stream()
                .map(probes -> probes.stream().mapToDouble(of).toArray())
                .toArray(double[][]::new);
    }

    /** All nodes of all probes. */
    public double[] nodes() {
        return quadratures.stream()
                .flatMap(List::stream)
                .flatMapToDouble(quadrature -> Arrays.stream(quadrature.nodes()))
                .toArray();
    }

    /** The density on a grid, point by point. Its mean's mass, sum times {@link DensityGrid#step}, is 1. */
    public List<Spread> on(DensityGrid grid) {
        List<double[][]> replicas = quadratures.stream()
                .map(probes -> probes.stream().map(grid::broaden).toArray(double[][]::new))
                .toList();
        return IntStream.range(0, grid.cells())
                .mapToObj(cell -> Spread.of(replicas.stream()
                        .map(probes -> Arrays.stream(probes)
                                .mapToDouble(density -> density[cell])
                                .toArray())
                        .toArray(double[][]::new)))
                .toList();
    }
}

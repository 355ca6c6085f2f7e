package dev.rectifier.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stochastic Lanczos quadrature: masses, edges and the two kinds of scatter, each against its theory. */
class SpectralDensityTest extends OnEveryEngine {
    private static final SeedTree SEED = SeedTree.root(23);
    private static final DType[] TYPES = {DType.F32, DType.F64};
    /** Chance of a false alarm 6e-7 for a normal estimator. */
    private static final double SIGMAS = 5;

    private static SpectralDensity density(Engine engine, DType type, int probes, int steps, double[][]... matrices) {
        try (Arena arena = engine.openArena("test")) {
            MatrixOperator a = MatrixOperator.of(engine, arena, type, matrices);
            return SpectralDensity.estimate(arena, a, Streams.range(SEED, 0, matrices.length), probes, steps);
        }
    }

    private static double mass(SpectralDensity density, DensityGrid grid) {
        return density.on(grid).stream().mapToDouble(Spread::mean).sum() * grid.step();
    }

    @Test
    void massesAreOne() {
        double[][] spike = KnownSpectrum.spike(60, 0, 3).matrix();
        double[][] laplacian = KnownSpectrum.laplacian(60).matrix();
        double[][] zeros = new double[60][60];
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                SpectralDensity density = density(present.engine(), type, 3, 20, spike, laplacian, zeros);
                for (List<Quadrature> probes : density.quadratures()) {
                    for (Quadrature probe : probes) {
                        assertThat(probe.integral(x -> 1)).isCloseTo(1, within(1e-12));
                    }
                }
                for (double kappa : new double[] {1.04, 1.25, 3}) {
                    DensityGrid grid = DensityGrid.covering(density, 512, kappa);
                    assertThat(mass(density, grid)).isCloseTo(1, within(1e-12));
                }
                // Narrower than a cell.
                assertThat(mass(density, new DensityGrid(-1, 5, 100, 1e-5))).isCloseTo(1, within(1e-12));
            }
        }
    }

    @Test
    void aPointSpectrumHasAGridAsWell() {
        for (double value : new double[] {0, -2.5}) {
            double[][] matrix =
                    KnownSpectrum.diagonal("point", value, value, value).matrix();
            SpectralDensity density = density(SOURCE.reference(), DType.F64, 2, 3, matrix);
            DensityGrid grid = DensityGrid.covering(density, 64, 3);
            assertThat(grid.low()).isLessThan(value);
            assertThat(grid.high()).isGreaterThan(value);
            assertThat(mass(density, grid)).isCloseTo(1, within(1e-12));
        }
    }

    /**
     * Papyan 2020, theorem 8.1 with C = 5, D = 20, t = 3, alpha = 0.1: four levels. The share that a direction in P dimensions sees of
     * a level with P p eigenvalues is Beta(P p / 2, P (1 - p) / 2), of variance 2 p (1 - p) / (P + 2).
     */
    @Test
    void fourLevelsHaveTheirShares() {
        double[] levels = {0, 0.046875, 0.091875, 0.249375};
        int[] counts = {20, 60, 15, 5};
        double[] values = new double[100];
        for (int level = 0, at = 0; level < 4; at += counts[level++]) {
            Arrays.fill(values, at, at + counts[level], levels[level]);
        }
        double[][] matrix = KnownSpectrum.turned("levels", 8, values).matrix();
        int probes = 100;
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                SpectralDensity density = density(present.engine(), type, probes, 4, matrix);
                for (int level = 0; level < 4; level++) {
                    double p = counts[level] / 100.0;
                    double center = levels[level];
                    double found = density.trace(x -> Math.abs(x - center) < 0.01 ? 1 : 0)
                                    .mean()
                            / 100;
                    double error = Math.sqrt(2 * p * (1 - p) / 102 / probes);
                    assertThat(Math.abs(found - p)).isLessThanOrEqualTo(SIGMAS * error);
                    assertThat(SIGMAS * error).as("finer than levels differ").isLessThan(0.05);
                }
            }
        }
    }

    /**
     * The largest eigenvalue of a white Wishart matrix: centre ((sqrt(n-1) + sqrt(p))^2) / n and scale of Johnstone 2001, where it is
     * Tracy-Widom distributed with mean -1.21 and deviation 1.27; its fifth deviation is the tolerance. The smallest is narrower.
     */
    @Test
    void wishartMatricesEndAtTheirEdges() {
        int p = 100;
        int n = 400;
        double root = Math.sqrt(n - 1.0);
        double side = Math.sqrt(p);
        double scale = (root + side) * Math.cbrt(1 / root + 1 / side) / n;
        double upper = (root + side) * (root + side) / n - 1.21 * scale;
        double lower = (root - side) * (root - side) / n;
        double tolerance = SIGMAS * 1.27 * scale;
        double[][] first = KnownSpectrum.wishart(p, n, 1);
        double[][] second = KnownSpectrum.wishart(p, n, 2);
        for (EngineSource.Present present : SOURCE.engines()) {
            SpectralDensity density = density(present.engine(), DType.F32, 2, 100, first, second);
            for (List<Quadrature> probes : density.quadratures()) {
                double[] nodes = probes.get(0).nodes();
                assertThat(nodes[99]).isCloseTo(upper, within(tolerance));
                assertThat(nodes[0]).isCloseTo(lower, within(tolerance));
            }
            assertThat(tolerance).as("finer than the edges' distance from 1").isLessThan(0.5);
        }
    }

    /** |sum w x^k - trace A^k / P| within the scatter of v^T B v: deviation^2 = 2 (trace B^2 - (trace B)^2 / P) / (P (P + 2)). */
    @Test
    void momentsScatterAsTheoryHasIt() {
        KnownSpectrum known = KnownSpectrum.laplacian(80);
        int probes = 200;
        SpectralDensity density = density(SOURCE.reference(), DType.F64, probes, 4, known.matrix());
        for (int k = 1; k <= 7; k++) {
            int power = k;
            double trace = Arrays.stream(known.eigenvalues())
                    .map(x -> Math.pow(x, power))
                    .sum();
            double squares = Arrays.stream(known.eigenvalues())
                    .map(x -> Math.pow(x, 2 * power))
                    .sum();
            double deviation = 80 * Math.sqrt(2 * (squares - trace * trace / 80) / (80.0 * 82));
            Spread found = density.trace(x -> Math.pow(x, power));
            assertThat(Math.abs(found.mean() - trace)).isLessThanOrEqualTo(SIGMAS * deviation / Math.sqrt(probes));
            // A standard deviation from n near-normal samples is right to 1 / sqrt(2 n).
            assertThat(found.overProbes() / deviation).isCloseTo(1, within(SIGMAS / Math.sqrt(2.0 * probes)));
            assertThat(found.overReplicas()).isNaN();
        }
    }

    @Test
    void probesAndReplicasScatterApart() {
        double[] levels = {1, 2, 4};
        double[][][] matrices = new double[3][][];
        for (int r = 0; r < 3; r++) {
            double level = levels[r];
            double[] values = new double[50];
            Arrays.setAll(values, i -> level * (1 + 0.1 * Math.cos(i)));
            matrices[r] = KnownSpectrum.turned("level", r, values).matrix();
        }
        Spread trace = density(SOURCE.reference(), DType.F64, 20, 5, matrices).trace(x -> x / 50);
        double traces = Math.sqrt(Spread.variance(levels));
        assertThat(trace.overReplicas()).isCloseTo(traces, within(0.02 * traces));
        assertThat(trace.overProbes()).isBetween(1e-4, 0.1);
        double[][] same = matrices[0];
        Spread equal =
                density(SOURCE.reference(), DType.F64, 20, 5, same, same, same).trace(x -> x / 50);
        assertThat(equal.overReplicas()).isLessThan(equal.overProbes());
        Spread known = Spread.of(new double[][] {{1, 3}, {5, 7}});
        assertThat(known).isEqualTo(new Spread(4, Math.sqrt(2), Math.sqrt(7), 2, 2));
        assertThat(known.probeError()).isEqualTo(Math.sqrt(2) / 2);
        assertThat(Spread.of(new double[][] {{1}, {5}}).overReplicas()).isNaN();
    }

    @Test
    void aReplicaHasTheBitsItHasAlone() {
        double[][][] matrices = {
            KnownSpectrum.spike(50, 0, 3).matrix(), KnownSpectrum.laplacian(50).matrix()
        };
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                SpectralDensity both = density(present.engine(), type, 2, 12, matrices);
                SpectralDensity alone = density(present.engine(), type, 2, 12, matrices[0]);
                for (int i = 0; i < 2; i++) {
                    Quadrature among = both.quadratures().get(0).get(i);
                    Quadrature one = alone.quadratures().get(0).get(i);
                    assertThat(among.nodes()).containsExactly(one.nodes());
                    assertThat(among.weights()).containsExactly(one.weights());
                }
                assertThat(alone.quadratures().get(0).get(0).weights())
                        .as("probes differ")
                        .isNotEqualTo(alone.quadratures().get(0).get(1).weights());
            }
        }
    }

    @Test
    void impossibleGridsAreRefused() {
        assertThatThrownBy(() -> new DensityGrid(1, 1, 10, 0.1)).hasMessageContaining("finite range");
        assertThatThrownBy(() -> new DensityGrid(0, Double.NaN, 10, 0.1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> density(SOURCE.reference(), DType.F64, 0, 3, new double[2][2]))
                .hasMessageContaining("at least 1 probe");
    }
}

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

/** Traces and norms from samples of a size fixed beforehand, against their own variance. */
class TraceTest extends OnEveryEngine {
    private static final SeedTree SEED = SeedTree.root(29);
    private static final DType[] TYPES = {DType.F32, DType.F64};
    private static final double SIGMAS = 5;
    private static final int PROBES = 200;

    private static KnownSpectrum bulk() {
        double[] values = new double[70];
        Arrays.setAll(values, i -> 0.2 + Math.cos(i));
        return KnownSpectrum.turned("bulk", 4, values);
    }

    /** Ten outliers and a bulk of 0.001. */
    private static KnownSpectrum steep() {
        double[] values = new double[70];
        Arrays.setAll(values, i -> i < 10 ? 10.0 - i : 1e-3 * Math.cos(i));
        return KnownSpectrum.turned("steep", 5, values);
    }

    private static Hutchinson hutchinson(Engine engine, DType type, int probes, double[][]... matrices) {
        try (Arena arena = engine.openArena("test")) {
            MatrixOperator a = MatrixOperator.of(engine, arena, type, matrices);
            return Hutchinson.estimate(arena, a, Streams.range(SEED, 0, matrices.length), probes);
        }
    }

    private static List<Estimate> hutchPlusPlus(Engine engine, DType type, int products, double[][]... matrices) {
        try (Arena arena = engine.openArena("test")) {
            MatrixOperator a = MatrixOperator.of(engine, arena, type, matrices);
            return HutchPlusPlus.trace(arena, a, Streams.range(SEED, 0, matrices.length), products);
        }
    }

    private static double trace(KnownSpectrum known) {
        return Arrays.stream(known.eigenvalues()).sum();
    }

    private static double squares(KnownSpectrum known) {
        return KnownSpectrum.inner(known.eigenvalues(), known.eigenvalues());
    }

    @Test
    void hutchinsonScattersAsTheoryHasIt() {
        KnownSpectrum known = bulk();
        double own = 0;
        for (int i = 0; i < known.size(); i++) {
            own += known.matrix()[i][i] * known.matrix()[i][i];
        }
        double error = Math.sqrt(2 * (squares(known) - own) / PROBES);
        assertThat(SIGMAS * error).as("would see half of the trace").isLessThan(0.5 * trace(known));
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                Hutchinson found = hutchinson(present.engine(), type, PROBES, known.matrix());
                Estimate estimate = found.trace().get(0);
                assertThat(Math.abs(estimate.value() - trace(known))).isLessThanOrEqualTo(SIGMAS * error);
                assertThat(estimate.samples()).isEqualTo(PROBES);
                // Right to 1 / sqrt(2 n) for near-normal samples.
                assertThat(estimate.standardError() / error).isCloseTo(1, within(SIGMAS / Math.sqrt(2.0 * PROBES)));
                Estimate norm = found.frobeniusNorm().get(0);
                assertThat(Math.abs(norm.value() - Math.sqrt(squares(known))))
                        .isLessThanOrEqualTo(SIGMAS * norm.standardError());
                assertThat(norm.standardError()).isLessThan(0.05 * norm.value());
                Estimate square = found.squaredFrobeniusNorm().get(0);
                assertThat(square.value()).isCloseTo(norm.value() * norm.value(), within(1e-9));
            }
        }
    }

    /** Random signs see a diagonal exactly. */
    @Test
    void diagonalsHaveNoScatter() {
        double[][] matrix =
                KnownSpectrum.diagonal("diagonal", 3, -1, 0.5, 8, 2.25).matrix();
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                Hutchinson found = hutchinson(present.engine(), type, 4, matrix);
                assertThat(found.trace().get(0)).isEqualTo(new Estimate(12.75, 0, 4));
                assertThat(found.squaredFrobeniusNorm().get(0)).isEqualTo(new Estimate(79.3125, 0, 4));
            }
        }
    }

    @Test
    void outliersCostHutchPlusPlusNothing() {
        KnownSpectrum known = steep();
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                Estimate plain = hutchinson(present.engine(), type, 60, known.matrix())
                        .trace()
                        .get(0);
                Estimate better = hutchPlusPlus(present.engine(), type, 60, known.matrix())
                        .get(0);
                double rounding = 70 * 70 * type.unitRoundoff() * 10;
                assertThat(Math.abs(better.value() - trace(known)))
                        .isLessThanOrEqualTo(SIGMAS * better.standardError() + rounding);
                assertThat(better.standardError()).isLessThan(plain.standardError() / 100);
                assertThat(better.samples()).isEqualTo(20);
            }
        }
    }

    @Test
    void whatTheSpanHoldsIsExact() {
        double[] values = new double[40];
        values[3] = 5;
        values[7] = -2;
        double[][] flat = KnownSpectrum.turned("rank 2", 6, values).matrix();
        double[][] zeros = new double[40][40];
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                List<Estimate> found = hutchPlusPlus(present.engine(), type, 12, flat, zeros);
                double rounding = 40 * 40 * type.unitRoundoff() * 5;
                assertThat(found.get(0).value()).isCloseTo(3, within(rounding));
                assertThat(found.get(0).standardError()).isLessThan(rounding);
                assertThat(found.get(1)).isEqualTo(new Estimate(0, 0, 4));
            }
        }
    }

    /** Of probes that had a part in the span, the rest would see too little: over 64 replicas that shows. */
    @Test
    void hutchPlusPlusIsUnbiased() {
        double[] values = new double[40];
        Arrays.setAll(values, i -> 1 + i / 40.0);
        KnownSpectrum known = KnownSpectrum.turned("positive", 7, values);
        double[][][] matrices = new double[64][][];
        Arrays.fill(matrices, known.matrix());
        for (EngineSource.Present present : SOURCE.engines()) {
            double[] found = hutchPlusPlus(present.engine(), DType.F64, 12, matrices).stream()
                    .mapToDouble(Estimate::value)
                    .toArray();
            Estimate mean = Estimate.mean(found);
            assertThat(Math.abs(mean.value() - trace(known))).isLessThanOrEqualTo(SIGMAS * mean.standardError());
            assertThat(SIGMAS * mean.standardError()).isLessThan(0.05 * trace(known));
        }
    }

    @Test
    void aReplicaHasTheBitsItHasAlone() {
        double[][] first = bulk().matrix();
        double[][] second = steep().matrix();
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                assertThat(hutchinson(present.engine(), type, 5, first, second)
                                .trace()
                                .get(0))
                        .isEqualTo(hutchinson(present.engine(), type, 5, first)
                                .trace()
                                .get(0));
                assertThat(hutchPlusPlus(present.engine(), type, 9, first, second)
                                .get(0))
                        .isEqualTo(
                                hutchPlusPlus(present.engine(), type, 9, first).get(0));
            }
        }
    }

    @Test
    void tooFewProbesAreRefused() {
        double[][] matrix = bulk().matrix();
        assertThatThrownBy(() -> hutchinson(SOURCE.reference(), DType.F64, 0, matrix))
                .hasMessageContaining("at least 1 probe");
        assertThatThrownBy(() -> hutchPlusPlus(SOURCE.reference(), DType.F64, 5, matrix))
                .hasMessage("Hutch++ needs at least 6 products, not 5: take more, or Hutchinson's estimate from as many"
                        + " probes.");
        assertThat(hutchinson(SOURCE.reference(), DType.F64, 1, matrix)
                        .trace()
                        .get(0)
                        .standardError())
                .isNaN();
    }
}

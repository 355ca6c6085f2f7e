package dev.rectifier.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.curvature.ExtremeEigenpairs.Wanted;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Matrices in full, of tables and of networks. */
class DenseMatrixTest extends OnEveryEngine {
    private static double[] flat(double[][] matrix) {
        return Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
    }

    @Test
    void matricesComeBackAsTheyAre() {
        double[][] first = KnownSpectrum.turned("first", 1, 1, 2, 3, -4, 5).matrix();
        double[][] second = KnownSpectrum.laplacian(5).matrix();
        for (EngineSource.Present present : SOURCE.engines()) {
            try (Arena arena = present.engine().openArena("test")) {
                List<DenseMatrix> found =
                        DenseMatrix.of(MatrixOperator.of(present.engine(), arena, DType.F64, first, second));
                assertThat(found.get(0).entries()).containsExactly(flat(first));
                assertThat(found.get(1).entries()).containsExactly(flat(second));
                assertThat(found.get(1).symmetryGap()).isZero();
            }
        }
    }

    @Test
    void asymmetryShows() {
        double[][] matrix = KnownSpectrum.laplacian(5).matrix();
        matrix[3][1] = 0.5;
        Engine engine = SOURCE.reference();
        try (Arena arena = engine.openArena("test")) {
            DenseMatrix found = DenseMatrix.of(MatrixOperator.of(engine, arena, DType.F64, matrix))
                    .get(0);
            assertThat(found.symmetryGap()).isEqualTo(0.25);
        }
        assertThat(new DenseMatrix(2, new double[4]).symmetryGap()).isZero();
    }

    @Test
    void operatorsAreCheckedBeforeTheyAreAsked() {
        double[][] sick = KnownSpectrum.laplacian(30).matrix();
        double[][] skew = KnownSpectrum.laplacian(30).matrix();
        sick[3][1] = Double.NaN;
        skew[3][1] = 1;
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : new DType[] {DType.F32, DType.F64}) {
                try (Arena arena = present.engine().openArena("test")) {
                    List<OperatorCheck> found = OperatorCheck.of(
                            arena,
                            MatrixOperator.of(
                                    present.engine(),
                                    arena,
                                    type,
                                    KnownSpectrum.laplacian(30).matrix(),
                                    new double[30][30],
                                    sick,
                                    skew),
                            Streams.range(SeedTree.root(1), 0, 4));
                    assertThat(found.get(0).repeats()).isTrue();
                    // A row has three terms.
                    assertThat(found.get(0).symmetryGap()).isLessThanOrEqualTo(10 * type.unitRoundoff());
                    assertThat(found.get(1)).isEqualTo(new OperatorCheck(0, true));
                    assertThat(found.get(2).repeats()).isFalse();
                    assertThat(found.get(3).repeats()).isTrue();
                    assertThat(found.get(3).symmetryGap()).isGreaterThan(1e-4);
                }
            }
        }
    }

    /** Every third product is another. */
    private record Moody(LinearOperator operator, AtomicInteger calls) implements LinearOperator {
        @Override
        public Engine engine() {
            return operator.engine();
        }

        @Override
        public long replicas() {
            return operator.replicas();
        }

        @Override
        public long size() {
            return operator.size();
        }

        @Override
        public DType dtype() {
            return operator.dtype();
        }

        @Override
        public void apply(View product, View vector) {
            operator.apply(product, vector);
            if (calls.incrementAndGet() % 3 == 0) {
                engine().pointwise().scale(product, 1.001);
            }
        }
    }

    @Test
    void moodyOperatorsShow() {
        Engine engine = SOURCE.reference();
        try (Arena arena = engine.openArena("test")) {
            LinearOperator steady = MatrixOperator.of(
                    engine, arena, DType.F64, KnownSpectrum.laplacian(9).matrix());
            Streams one = Streams.range(SeedTree.root(1), 0, 1);
            assertThat(OperatorCheck.of(arena, new Moody(steady, new AtomicInteger()), one)
                            .get(0)
                            .repeats())
                    .isFalse();
        }
    }

    /** The Hessian of a network with BatchNorm: in full, by Lanczos, and by its trace. */
    @Test
    void hessiansOfNetworksHaveOneSpectrumHoweverAsked() {
        SmallProblem problem = SmallProblem.draw(
                "normalised", SmallProblem.normalised(), Mode.TRAINING, LossKind.SOFTMAX_CROSS_ENTROPY, 2);
        int n = problem.size();
        for (EngineSource.Present present : SOURCE.engines()) {
            try (Arena arena = present.engine().openArena("test")) {
                LinearOperator hessian = problem.open(present.engine(), arena, DType.F64, Pieces.WHOLE)
                        .hessian();
                List<DenseMatrix> full = DenseMatrix.of(hessian);
                Streams streams = Streams.range(SeedTree.root(1), 0, 2);
                ExtremeEigenpairs found =
                        ExtremeEigenpairs.find(arena, hessian, streams, new Wanted(3, 3), new Convergence(1e-12, 5, n));
                List<Estimate> traces = HutchPlusPlus.trace(arena, hessian, streams, 3 * n);
                for (int r = 0; r < 2; r++) {
                    // A product passes through some ten layers' sums of fewer than n terms.
                    double bound = 20 * n * 0x1p-53 * norm(full.get(r));
                    assertThat(full.get(r).symmetryGap()).isLessThanOrEqualTo(20 * n * 0x1p-53);
                    double[] values = full.get(r).eigenvalues();
                    for (int i = 0; i < 3; i++) {
                        Eigenpair top = found.answers().get(r).top().get(i);
                        Eigenpair bottom = found.answers().get(r).bottom().get(i);
                        assertThat(Math.abs(top.value() - values[n - 1 - i]))
                                .isLessThanOrEqualTo(top.residual() + bound);
                        assertThat(Math.abs(bottom.value() - values[i])).isLessThanOrEqualTo(bottom.residual() + bound);
                    }
                    assertThat(values[0])
                            .as("a Hessian, not a Gauss-Newton matrix")
                            .isLessThan(-bound);
                    double trace = Arrays.stream(values).sum();
                    assertThat(Math.abs(traces.get(r).value() - trace)).isLessThanOrEqualTo(n * bound);
                }
            }
        }
    }

    private static double norm(DenseMatrix matrix) {
        return Math.sqrt(KnownSpectrum.inner(matrix.entries(), matrix.entries()));
    }

    @Test
    void matricesThatAreTooLargeAreRefused() {
        Engine engine = SOURCE.reference();
        assertThatThrownBy(() -> DenseMatrix.of(new DiagonalOperator(engine, DType.F32, 1, new double[20_000])))
                .hasMessage(
                        "A matrix of P = 20,000 weights has 3.2 GB in full, and its eigenvalues take 2e+13 operations;"
                                + " the most is P = 5,000. Ask for extreme eigenvalues, a density or a trace, which need products"
                                + " alone, or take a narrower network.");
        assertThatThrownBy(() -> DenseMatrix.of(new DiagonalOperator(engine, DType.F32, 16, new double[5_000])))
                .hasMessage(
                        "16 matrices of P = 5,000 have 3.2 GB in full; the most is 2.0 GB. Take 10 replicas at a time.");
    }
}

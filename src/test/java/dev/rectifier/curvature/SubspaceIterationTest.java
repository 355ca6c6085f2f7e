package dev.rectifier.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.curvature.ExtremeEigenpairs.Wanted;
import dev.rectifier.curvature.SubspaceIteration.Answer;
import dev.rectifier.curvature.SubspaceIteration.Block;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copies, signs and clusters that one Lanczos vector may miss. */
class SubspaceIterationTest extends OnEveryEngine {
    private static final SeedTree SEED = SeedTree.root(31);
    private static final DType[] TYPES = {DType.F32, DType.F64};
    private static final Streams ONE = Streams.range(SEED, 0, 1);

    /** By magnitude: 8 three times, -8, 4, -4 twice, then 1 and less. */
    private static KnownSpectrum copies(long seed) {
        double[] values = new double[40];
        for (int i = 0; i < 40; i++) {
            values[i] = i / 40.0;
        }
        double[] outer = {8, 8, 8, -8, 4, -4, -4};
        System.arraycopy(outer, 0, values, 0, outer.length);
        return KnownSpectrum.turned("copies", seed, values);
    }

    private static double tolerance(DType type) {
        return type == DType.F32 ? 2e-5 : 1e-10;
    }

    private static void requireCopies(List<Eigenpair> pairs, DType type) {
        double[] magnitudes = {8, 8, 8, 8, 4, 4, 4};
        double rounding = (3 * 40 + 8) * type.unitRoundoff() * 17.5; // |A|_F, as with Lanczos
        double sum = 0;
        for (int i = 0; i < magnitudes.length; i++) {
            double value = pairs.get(i).value();
            sum += value;
            assertThat(Math.abs(Math.abs(value) - magnitudes[i]))
                    .isLessThanOrEqualTo(pairs.get(i).residual() + rounding);
            assertThat(pairs.get(i).residual()).isLessThanOrEqualTo(tolerance(type) * 8);
        }
        assertThat(Math.rint(sum)).as("signs").isEqualTo(12);
    }

    @Test
    void copiesAreCountedAndSignsKept() {
        KnownSpectrum known = copies(1);
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                try (Arena arena = present.engine().openArena("test")) {
                    MatrixOperator a = MatrixOperator.of(present.engine(), arena, type, known.matrix());
                    SubspaceIteration found = SubspaceIteration.find(
                            arena, a, ONE, new Block(7, 3), new Convergence(tolerance(type), 5, 200));
                    Answer answer = found.answers().get(0);
                    assertThat(answer.converged()).isTrue();
                    requireCopies(answer.pairs(), type);
                }
            }
        }
    }

    @Test
    void blocksAfterBlocksFindWhatIsLeft() {
        KnownSpectrum known = copies(2);
        for (EngineSource.Present present : SOURCE.engines()) {
            try (Arena arena = present.engine().openArena("test")) {
                MatrixOperator a = MatrixOperator.of(present.engine(), arena, DType.F64, known.matrix());
                // The first block cuts through a level of copies: only its guards let it converge.
                List<Eigenpair> pairs = SubspaceIteration.find(
                                arena, a, ONE, new Block(4, 2), 2, new Convergence(1e-11, 5, 300))
                        .get(0);
                requireCopies(pairs, DType.F64);
            }
        }
    }

    /** |A q - theta q|, and what is left of q when its pair is deflated. */
    @Test
    void vectorsAreEigenvectorsAndDeflationRemovesThem() {
        KnownSpectrum known = copies(3);
        for (EngineSource.Present present : SOURCE.engines()) {
            try (Arena arena = present.engine().openArena("test")) {
                MatrixOperator a = MatrixOperator.of(present.engine(), arena, DType.F64, known.matrix());
                SubspaceIteration found =
                        SubspaceIteration.find(arena, a, ONE, new Block(7, 3), new Convergence(1e-10, 5, 200));
                View product = arena.allocate(DType.F64, found.vector(arena, 0).shape())
                        .view();
                for (int i = 0; i < 7; i++) {
                    View q = found.vector(arena, i);
                    found.deflated().apply(product, q);
                    assertThat(norm(product.download())).isLessThanOrEqualTo(1e-8);
                    a.apply(product, q);
                    assertThat(Math.abs(norm(product.download())
                                    - Math.abs(found.answers()
                                            .get(0)
                                            .pairs()
                                            .get(i)
                                            .value())))
                            .isLessThanOrEqualTo(1e-8);
                }
                double left = ExtremeEigenpairs.find(
                                arena, found.deflated(), ONE, new Wanted(1, 1), Convergence.to(1e-9, 40))
                        .answers()
                        .get(0)
                        .top()
                        .get(0)
                        .value();
                assertThat(Math.abs(left - 39 / 40.0)).isLessThanOrEqualTo(1e-8);
            }
        }
    }

    private static double norm(HostTensor v) {
        return Math.sqrt(KnownSpectrum.inner(v.toDoubles(), v.toDoubles()));
    }

    @Test
    void aReplicaHasTheBitsItHasAlone() {
        double[][] first = copies(4).matrix();
        double[][] second = KnownSpectrum.laplacian(40).matrix();
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                assertThat(bits(present.engine(), type, first, second))
                        .containsExactly(bits(present.engine(), type, first));
            }
        }
    }

    /** Values, residuals and a vector of the first. */
    private static double[] bits(Engine engine, DType type, double[][]... matrices) {
        try (Arena arena = engine.openArena("test")) {
            SubspaceIteration found = SubspaceIteration.find(
                    arena,
                    MatrixOperator.of(engine, arena, type, matrices),
                    Streams.range(SEED, 0, matrices.length),
                    new Block(2, 3),
                    new Convergence(1e-3, 2, 40));
            double[] vector = found.vector(arena, 1).replicas(0, 1).download().toDoubles();
            double[] all = java.util.Arrays.copyOf(vector, vector.length + 4);
            for (int i = 0; i < 2; i++) {
                Eigenpair pair = found.answers().get(0).pairs().get(i);
                all[vector.length + 2 * i] = pair.value();
                all[vector.length + 2 * i + 1] = pair.residual();
            }
            return all;
        }
    }

    @Test
    void blocksThatDoNotFitAreRefused() {
        Engine engine = SOURCE.reference();
        try (Arena arena = engine.openArena("test")) {
            MatrixOperator a = MatrixOperator.of(
                    engine, arena, DType.F64, KnownSpectrum.laplacian(5).matrix());
            assertThatThrownBy(() -> SubspaceIteration.find(arena, a, ONE, new Block(4, 2), Convergence.to(1e-3, 10)))
                    .hasMessage("A block of 6 vectors does not fit P = 5: ask for fewer pairs or guards.");
            assertThatThrownBy(() -> new Block(0, 1)).hasMessageContaining("at least 1 vector");
        }
    }
}

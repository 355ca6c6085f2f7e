package dev.rectifier.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.curvature.ExtremeEigenpairs.Answer;
import dev.rectifier.curvature.ExtremeEigenpairs.Wanted;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lanczos with re-orthogonalisation against spectra in closed form, on every engine and in both element types. */
class ExtremeEigenpairsTest extends OnEveryEngine {
    private static final SeedTree SEED = SeedTree.root(17);
    private static final DType[] TYPES = {DType.F32, DType.F64};

    static Stream<KnownSpectrum> spectra() {
        return Stream.of(
                KnownSpectrum.diagonal("one", 3),
                KnownSpectrum.diagonal("zeros", 0, 0, 0, 0),
                KnownSpectrum.diagonal("identity", 1, 1, 1, 1, 1),
                KnownSpectrum.diagonal("diagonal", 4, -1, 0.25, 9, 2.5, -7, 3),
                KnownSpectrum.turned("negatives", 1, -5, -4, -1, -0.5, -0.125),
                KnownSpectrum.turned("copies", 2, 7, 7, 7, -2, -2, 0, 0, 1, 5, 5, -2),
                KnownSpectrum.laplacian(41),
                KnownSpectrum.spike(33, 0.5, 10),
                KnownSpectrum.linearNetworkAtOrigin(3, 3, 2, 2, 0.5));
    }

    private static KnownSpectrum outliers(long seed) {
        double[] values = new double[90];
        Arrays.setAll(values, i -> Math.cos(i * Math.PI / 86));
        values[87] = 11;
        values[88] = 9;
        values[89] = -6;
        return KnownSpectrum.turned("outliers", seed, values);
    }

    /**
     * What rounding may do: entries of the matrix are rounded, a product of n terms is right to n roundings of its terms, and so are the
     * n inner products of each of two passes.
     */
    private static double rounding(KnownSpectrum known, DType type) {
        int n = known.size();
        double frobenius = Math.sqrt(KnownSpectrum.inner(known.eigenvalues(), known.eigenvalues()));
        return (3 * n + 8) * type.unitRoundoff() * frobenius;
    }

    @ParameterizedTest
    @MethodSource("spectra")
    void asManyStepsAsWeightsGiveTheWholeSpectrumWithItsCopies(KnownSpectrum known) {
        int n = known.size();
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                try (Arena arena = present.engine().openArena("test")) {
                    MatrixOperator a = MatrixOperator.of(present.engine(), arena, type, known.matrix());
                    Answer answer = ExtremeEigenpairs.find(
                                    arena, a, Streams.range(SEED, 0, 1), new Wanted(n, 0), new Convergence(0, 7, n + 5))
                            .answers()
                            .get(0);
                    assertThat(answer.steps()).isEqualTo(n);
                    for (int i = 0; i < n; i++) {
                        assertThat(Math.abs(answer.top().get(i).value() - known.eigenvalues()[n - 1 - i]))
                                .as("%s %s %d", present.name(), type, i)
                                .isLessThanOrEqualTo(rounding(known, type));
                    }
                }
            }
        }
    }

    @Test
    void outliersAreFoundEarlyAndTheirResidualsAreTheMeasuredOnes() {
        KnownSpectrum known = outliers(5);
        double[] expected = {11, 9, -6};
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                try (Arena arena = present.engine().openArena("test")) {
                    MatrixOperator a = MatrixOperator.of(present.engine(), arena, type, known.matrix());
                    ExtremeEigenpairs found = ExtremeEigenpairs.find(
                            arena,
                            a,
                            Streams.range(SEED, 0, 1),
                            new Wanted(2, 1),
                            new Convergence(type == DType.F32 ? 1e-4 : 1e-6, 3, 90));
                    Answer answer = found.answers().get(0);
                    assertThat(answer.converged()).isTrue();
                    assertThat(answer.steps()).isLessThan(30);
                    double[][] measured = found.measuredResiduals(found.vectors(arena));
                    double rounding = rounding(known, type);
                    for (int i = 0; i < 3; i++) {
                        Eigenpair pair =
                                i < 2 ? answer.top().get(i) : answer.bottom().get(0);
                        assertThat(Math.abs(pair.value() - expected[i]))
                                .isLessThanOrEqualTo(pair.residual() + rounding);
                        assertThat(Math.abs(measured[0][i] - pair.residual())).isLessThanOrEqualTo(rounding);
                        assertThat(pair.residual()).isLessThanOrEqualTo(1e-4 * 11);
                    }
                }
            }
        }
    }

    /** All that an ensemble's replica r gives, vectors included. */
    private static double[] everything(Engine engine, DType type, Streams streams, int r, double[][]... matrices) {
        try (Arena arena = engine.openArena("test")) {
            ExtremeEigenpairs found = ExtremeEigenpairs.find(
                    arena,
                    MatrixOperator.of(engine, arena, type, matrices),
                    streams,
                    new Wanted(2, 1),
                    new Convergence(type == DType.F32 ? 1e-4 : 1e-9, 4, 60));
            Answer answer = found.answers().get(r);
            List<View> vectors = found.vectors(arena);
            double[] numbers = Stream.of(answer.top(), answer.bottom())
                    .flatMap(List::stream)
                    .flatMapToDouble(pair -> Arrays.stream(new double[] {pair.value(), pair.residual()}))
                    .toArray();
            double[] entries = vectors.stream()
                    .flatMapToDouble(
                            v -> Arrays.stream(v.replicas(r, 1).download().toDoubles()))
                    .toArray();
            double[] all = Arrays.copyOf(numbers, numbers.length + entries.length + 1);
            System.arraycopy(entries, 0, all, numbers.length, entries.length);
            all[all.length - 1] = answer.steps();
            return all;
        }
    }

    @Test
    void aReplicaHasTheBitsItHasAlone() {
        double[] copies = new double[90];
        Arrays.setAll(copies, i -> i % 3 - 1.0);
        double[][][] matrices = {
            outliers(6).matrix(),
            KnownSpectrum.turned("copies", 1, copies).matrix(),
            KnownSpectrum.laplacian(90).matrix()
        };
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                double[] steps = new double[3];
                for (int r = 0; r < 3; r++) {
                    double[] among = everything(present.engine(), type, Streams.range(SEED, 4, 3), r, matrices);
                    double[] alone = everything(present.engine(), type, Streams.range(SEED, 4 + r, 1), 0, matrices[r]);
                    assertThat(among).as("%s %s %d", present.name(), type, r).containsExactly(alone);
                    steps[r] = among[among.length - 1];
                }
                assertThat(steps).as("they end apart").doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void aReplicaThatIsNotFiniteSpoilsNoOther() {
        double[][] sick = KnownSpectrum.laplacian(90).matrix();
        sick[3][5] = Double.NaN;
        for (EngineSource.Present present : SOURCE.engines()) {
            Engine engine = present.engine();
            double[] beside = everything(
                    engine, DType.F64, Streams.range(SEED, 0, 2), 0, outliers(6).matrix(), sick);
            double[] alone = everything(
                    engine, DType.F64, Streams.range(SEED, 0, 1), 0, outliers(6).matrix());
            assertThat(beside).containsExactly(alone);
            double[] itself = everything(
                    engine, DType.F64, Streams.range(SEED, 0, 2), 1, outliers(6).matrix(), sick);
            assertThat(itself[0]).isNaN();
        }
    }

    /** How many Ritz values lie within 1e-6 of 11 after so many steps of a three-term recurrence that orthogonalises no more. */
    private static long copiesWithoutReorthogonalisation(KnownSpectrum known, int steps) {
        int n = known.size();
        double[] alpha = new double[steps];
        double[] beta = new double[steps];
        double[] before = new double[n];
        double[] q = new double[n];
        Arrays.setAll(q, i -> Math.sqrt(1.0 / n));
        for (int j = 0; j < steps; j++) {
            double[] here = q;
            double[] last = before;
            double[] w = new double[n];
            Arrays.setAll(w, i -> KnownSpectrum.inner(known.matrix()[i], here));
            double a = KnownSpectrum.inner(w, here);
            double b = j == 0 ? 0 : beta[j - 1];
            Arrays.setAll(w, i -> w[i] - a * here[i] - b * last[i]);
            alpha[j] = a;
            double norm = Math.sqrt(KnownSpectrum.inner(w, w));
            beta[j] = norm;
            before = here;
            q = Arrays.stream(w).map(x -> x / norm).toArray();
        }
        return copies(
                new Tridiagonal(alpha, Arrays.copyOf(beta, steps - 1)).eigen(0).values());
    }

    private static long copies(double[] values) {
        return Arrays.stream(values).filter(x -> Math.abs(x - 11) < 1e-6).count();
    }

    @Test
    void thereAreNoGhosts() {
        KnownSpectrum known = outliers(5);
        assertThat(copiesWithoutReorthogonalisation(known, 80))
                .as("the control has ghosts")
                .isGreaterThan(1);
        for (EngineSource.Present present : SOURCE.engines()) {
            try (Arena arena = present.engine().openArena("test")) {
                MatrixOperator a = MatrixOperator.of(present.engine(), arena, DType.F64, known.matrix());
                Lanczos lanczos = new Lanczos(a, arena, Streams.range(SEED, 0, 1), 80);
                lanczos.start(0);
                lanczos.extend(80);
                assertThat(copies(lanczos.tridiagonal(0, 80).eigen(0).values())).isEqualTo(1);
            }
        }
    }

    /** Of several chunks, the last with a remainder: 9001 weights, diagonal but for outliers. */
    @Test
    void longVectorsAreSummedInChunks() {
        int n = 9001;
        double[] diagonal = new double[n];
        Arrays.setAll(diagonal, i -> i == 8999 ? 5 : i == 4100 ? 4 : i == 2 ? -3 : (i % 101) / 101.0);
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : TYPES) {
                try (Arena arena = present.engine().openArena("test")) {
                    ExtremeEigenpairs found = ExtremeEigenpairs.find(
                            arena,
                            new DiagonalOperator(present.engine(), type, 2, diagonal),
                            Streams.range(SEED, 0, 2),
                            new Wanted(2, 1),
                            new Convergence(1e-5, 5, 60));
                    double[][] measured = found.measuredResiduals(found.vectors(arena));
                    for (int r = 0; r < 2; r++) {
                        Answer answer = found.answers().get(r);
                        assertThat(answer.converged()).isTrue();
                        double rounding = 300 * type.unitRoundoff();
                        double[] values = {
                            answer.top().get(0).value(),
                            answer.top().get(1).value(),
                            answer.bottom().get(0).value()
                        };
                        double[] expected = {5, 4, -3};
                        for (int i = 0; i < 3; i++) {
                            assertThat(Math.abs(values[i] - expected[i]))
                                    .isLessThanOrEqualTo(measured[r][i] + rounding);
                            assertThat(measured[r][i]).isLessThanOrEqualTo(5e-5 + rounding);
                        }
                    }
                }
            }
        }
    }

    @Test
    void impossibleWishesAreRefused() {
        Engine engine = SOURCE.reference();
        try (Arena arena = engine.openArena("test")) {
            MatrixOperator a = MatrixOperator.of(
                    engine, arena, DType.F64, KnownSpectrum.laplacian(5).matrix());
            Streams one = Streams.range(SEED, 0, 1);
            assertThatThrownBy(() -> ExtremeEigenpairs.find(arena, a, one, new Wanted(4, 2), Convergence.to(1e-3, 100)))
                    .hasMessage(
                            "4 + 2 eigenvalues cannot be had from 5 steps (P = 5): ask for fewer, or allow more steps.");
            assertThatThrownBy(() -> ExtremeEigenpairs.find(
                            arena, a, Streams.range(SEED, 0, 2), new Wanted(1, 0), Convergence.to(1e-3, 100)))
                    .hasMessageContaining("streams for 2 replicas and 1 matrices");
            assertThatThrownBy(() -> new Wanted(0, 0)).hasMessageContaining("At least one");
            assertThatThrownBy(() -> new Convergence(Double.NaN, 1, 1)).hasMessageContaining("NaN");
        }
    }
}

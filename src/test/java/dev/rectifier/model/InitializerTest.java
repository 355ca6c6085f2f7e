package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitializerTest {
    private static final SeedTree SEED = SeedTree.root(7).child("initial weights");

    /** Chance of a false alarm per look: 6e-7. */
    private static final double SIGMAS = 5;

    private static double[] layer(MlpSpec spec, int l, ParameterLayout.Kind kind) {
        ParameterLayout layout = ParameterLayout.of(spec);
        HostTensor drawn = Initializer.draw(spec, DType.F64, Streams.single(SEED));
        ParameterLayout.Slot slot = kind == ParameterLayout.Kind.WEIGHT ? layout.weight(l) : layout.bias(l);
        int from = Math.toIntExact(slot.offset());
        return Arrays.copyOfRange(drawn.doubles(), from, from + Math.toIntExact(slot.size()));
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double meanSquare(double[] values) {
        return Arrays.stream(values).map(v -> v * v).average().orElseThrow();
    }

    /** Standard error of a mean square is variance sqrt((kurtosis - 1) / n); kurtosis is 3 for normals, 9/5 for uniforms. */
    private static void assertMoments(double[] values, double variance, double kurtosis) {
        assertThat(mean(values)).isCloseTo(0, offset(SIGMAS * Math.sqrt(variance / values.length)));
        assertThat(meanSquare(values))
                .isCloseTo(variance, offset(SIGMAS * variance * Math.sqrt((kurtosis - 1) / values.length)));
    }

    @ParameterizedTest
    @CsvSource({
        "he-normal, 0.01, 3",
        "he-uniform, 0.01, 1.8",
        "lecun-normal, 0.005, 3",
        "lecun-uniform, 0.005, 1.8",
        "xavier-normal, 0.004, 3",
        "xavier-uniform, 0.004, 1.8",
        "torch-default, 0.0016666666666666668, 1.8"
    })
    void varianceIsTheSchemes(String name, double variance, double kurtosis) {
        MlpSpec spec = MlpSpec.of(200, 300, 1).withInit(InitSchemes.named(name));
        assertMoments(layer(spec, 0, ParameterLayout.Kind.WEIGHT), variance, kurtosis);
    }

    @Test
    void gaussianAndUniformKeepTheirScale() {
        MlpSpec gaussian = MlpSpec.of(200, 300, 1).withInit(new InitScheme.Gaussian(0.005, 2));
        assertMoments(layer(gaussian, 0, ParameterLayout.Kind.WEIGHT), 25e-6, 3);
        assertMoments(layer(gaussian, 0, ParameterLayout.Kind.BIAS), 4, 3);
        MlpSpec uniform = MlpSpec.of(200, 300, 1).withInit(new InitScheme.Uniform(0.3, 0.6));
        assertMoments(layer(uniform, 0, ParameterLayout.Kind.WEIGHT), 0.03, 1.8);
        assertMoments(layer(uniform, 0, ParameterLayout.Kind.BIAS), 0.12, 1.8);
        assertThat(Arrays.stream(layer(uniform, 0, ParameterLayout.Kind.BIAS))).allMatch(b -> b >= -0.6 && b < 0.6);
    }

    @Test
    void torchDefaultStaysInItsBounds() {
        MlpSpec spec = MlpSpec.of(16, 500, 1);
        assertThat(Arrays.stream(layer(spec, 0, ParameterLayout.Kind.WEIGHT))).allMatch(w -> w >= -0.25 && w < 0.25);
        assertMoments(layer(spec, 0, ParameterLayout.Kind.BIAS), 1.0 / 48, 1.8);
    }

    @Test
    void heBiasesAreZero() {
        MlpSpec spec = MlpSpec.of(16, 20, 3).withInit(InitSchemes.HE_NORMAL);
        assertThat(layer(spec, 0, ParameterLayout.Kind.BIAS)).containsOnly(0);
    }

    @ParameterizedTest
    @CsvSource({"40, 40", "24, 40", "40, 24"})
    void orthogonalRowsOrColumns(int in, int out) {
        double gain = 1.5;
        double[] w =
                layer(MlpSpec.of(in, out).withInit(new InitScheme.Orthogonal(gain)), 0, ParameterLayout.Kind.WEIGHT);
        boolean rows = out <= in;
        int vectors = Math.min(in, out);
        int length = Math.max(in, out);
        // Twice is enough: the loss of orthogonality is a small multiple of length * unit roundoff.
        double bound = 8 * gain * gain * length * DType.F64.unitRoundoff();
        for (int u = 0; u < vectors; u++) {
            for (int v = 0; v < vectors; v++) {
                double dot = 0;
                for (int i = 0; i < length; i++) {
                    dot += rows ? w[u * in + i] * w[v * in + i] : w[i * in + u] * w[i * in + v];
                }
                assertThat(dot).isCloseTo(u == v ? gain * gain : 0, offset(bound));
            }
        }
    }

    @Test
    void orthogonalIsHaar() {
        // The first entry of a Haar column in dimension n has mean square 1/n; over 4000 replicas in dimension 2 it is
        // cos^2 of a uniform angle, with kurtosis 3/2.
        MlpSpec spec = MlpSpec.of(2, 2).withBias(false).withInit(InitSchemes.ORTHOGONAL);
        HostTensor drawn = Initializer.draw(spec, DType.F64, Streams.range(SEED, 0, 4000));
        for (int entry = 0; entry < 4; entry++) {
            int at = entry;
            double[] values = new double[4000];
            Arrays.setAll(values, r -> drawn.get(4 * r + at));
            assertMoments(values, 0.5, 1.5);
        }
    }

    @Test
    void separatedTeacherHasDistinctNormalisedRowsOfFewValues() {
        MlpSpec spec = MlpSpec.of(4, 60, 25, 3).withInit(InitSchemes.SEPARATED_TEACHER);
        for (int l = 0; l < 2; l++) {
            double[] w = layer(spec, l, ParameterLayout.Kind.WEIGHT);
            double[] b = layer(spec, l, ParameterLayout.Kind.BIAS);
            int in = spec.fanIn(l);
            Set<List<Long>> seen = new HashSet<>();
            for (int k = 0; k < spec.fanOut(l); k++) {
                double[] row = Arrays.copyOfRange(w, k * in, (k + 1) * in);
                double smallest = Arrays.stream(row)
                        .map(Math::abs)
                        .filter(v -> v > 0)
                        .min()
                        .orElseThrow();
                double norm = Math.sqrt(in * meanSquare(row));
                // Undivided rows have norm n of at least 1/4 and were divided by n + 1e-5.
                assertThat(norm).isLessThan(1).isGreaterThanOrEqualTo(1 - 1e-5 / 0.25);
                seen.add(Arrays.stream(row)
                        .mapToObj(v -> Math.round(v / smallest * 2))
                        .toList());
                assertThat(Math.abs(b[k])).isLessThanOrEqualTo(0.5 / 0.25);
            }
            assertThat(seen).hasSizeGreaterThan(1);
        }
    }

    @Test
    void separatedRowsUseTheValuesAndNeverRepeat() {
        InitScheme scheme = new InitScheme.Separated(InitSchemes.FIVE_VALUES, -0.1, -0.1);
        double[] w = layer(MlpSpec.of(2, 24).withInit(scheme), 0, ParameterLayout.Kind.WEIGHT);
        Set<List<Double>> rows = new HashSet<>();
        for (int k = 0; k < 24; k++) {
            rows.add(List.of(w[2 * k], w[2 * k + 1]));
        }
        // 24 rows of 2 entries from 5 values: every row but zero, each once.
        assertThat(rows).hasSize(24).doesNotContain(List.of(0.0, 0.0));
        assertThat(Arrays.stream(w).boxed()).allMatch(InitSchemes.FIVE_VALUES::contains);
        assertThat(layer(MlpSpec.of(2, 24).withInit(scheme), 0, ParameterLayout.Kind.BIAS))
                .containsOnly(-0.1);
    }

    @Test
    void separatedRefusesMoreRowsThanThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layer(
                        MlpSpec.of(2, 25).withInit(InitSchemes.SEPARATED_TEACHER), 0, ParameterLayout.Kind.WEIGHT))
                .withMessageContaining("make only 24");
    }

    @Test
    void jointNormPutsRowAndBiasOnTheSphere() {
        InitScheme scheme = new InitScheme.RowNormalised(new InitScheme.Gaussian(1, 1), RowNorm.JOINT);
        MlpSpec spec = MlpSpec.of(10, 30).withInit(scheme);
        double[] w = layer(spec, 0, ParameterLayout.Kind.WEIGHT);
        double[] b = layer(spec, 0, ParameterLayout.Kind.BIAS);
        for (int k = 0; k < 30; k++) {
            double[] row = Arrays.copyOfRange(w, 10 * k, 10 * k + 10);
            assertThat(10 * meanSquare(row) + b[k] * b[k]).isCloseTo(1, offset(16 * DType.F64.unitRoundoff()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"he-normal", "separated", "torch-default", "orthogonal"})
    void aReplicaDoesNotDependOnItsNeighbours(String name) {
        MlpSpec spec = MlpSpec.of(6, 5, 4).withInit(InitSchemes.named(name));
        HostTensor many = Initializer.draw(spec, DType.F32, Streams.range(SEED, 0, 9));
        HostTensor alone = Initializer.draw(spec, DType.F32, Streams.range(SEED, 7, 1));
        int p = alone.length();
        assertThat(Arrays.copyOfRange(many.floats(), 7 * p, 8 * p)).containsExactly(alone.floats());
        assertThat(Arrays.copyOfRange(many.floats(), 6 * p, 7 * p)).isNotEqualTo(alone.floats());
    }

    @Test
    void singlePrecisionIsTheRoundedDouble() {
        MlpSpec spec = MlpSpec.of(6, 5, 4);
        double[] exact = Initializer.draw(spec, DType.F64, Streams.single(SEED)).doubles();
        float[] rounded =
                Initializer.draw(spec, DType.F32, Streams.single(SEED)).floats();
        for (int i = 0; i < exact.length; i++) {
            assertThat(rounded[i]).isEqualTo((float) exact[i]);
        }
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InitSchemes.named("kaiming"))
                .withMessageContaining("\"kaiming\"")
                .withMessageContaining("he-normal");
    }
}

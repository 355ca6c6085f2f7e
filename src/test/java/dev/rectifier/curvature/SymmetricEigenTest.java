package dev.rectifier.curvature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values in closed form; vectors by residual and orthogonality. */
class SymmetricEigenTest {
    private static final double U = 0x1p-53;

    static Stream<KnownSpectrum> spectra() {
        return Stream.of(
                KnownSpectrum.diagonal("one", 3),
                KnownSpectrum.diagonal("zeros", 0, 0, 0),
                KnownSpectrum.diagonal("signs", 2, -1),
                KnownSpectrum.turned("negatives", 1, -5, -4, -1, -1e-3),
                KnownSpectrum.turned("copies", 2, 7, 7, 7, -2, -2, 0, 0, 1),
                KnownSpectrum.turned("graded", 3, 1, 1e-4, 1e-8, 1e-12, 0),
                KnownSpectrum.laplacian(300),
                KnownSpectrum.spike(150, 0.5, 10),
                KnownSpectrum.linearNetworkAtOrigin(4, 3, 2, 2, 0.5));
    }

    private static double[] flat(double[][] matrix) {
        return Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
    }

    @ParameterizedTest
    @MethodSource("spectra")
    void decompositionsAreThoseKnown(KnownSpectrum known) {
        int n = known.size();
        SymmetricEigen eigen = SymmetricEigen.of(known.matrix());
        // Each of the n reflections and of the 2 n sweeps is right to a few roundings of the norm.
        double bound = 20 * n * U * known.norm();
        for (int i = 0; i < n; i++) {
            assertThat(Math.abs(eigen.values()[i] - known.eigenvalues()[i])).isLessThanOrEqualTo(bound);
            double[] y = eigen.vectors()[i];
            double[] gap = new double[n];
            for (int j = 0; j < n; j++) {
                gap[j] = KnownSpectrum.inner(known.matrix()[j], y) - eigen.values()[i] * y[j];
            }
            assertThat(Math.sqrt(KnownSpectrum.inner(gap, gap))).isLessThanOrEqualTo(bound);
            for (int j = 0; j <= i; j++) {
                double inner = KnownSpectrum.inner(y, eigen.vectors()[j]);
                assertThat(Math.abs(inner - (i == j ? 1 : 0))).isLessThanOrEqualTo(20 * n * U);
            }
        }
        double[] alone = SymmetricEigen.values(flat(known.matrix()), n).values();
        assertThat(alone).containsExactly(eigen.values());
    }

    @Test
    void traceAndNormAreKept() {
        double[][] matrix = KnownSpectrum.wishart(200, 100, 4);
        double[] values = SymmetricEigen.values(flat(matrix), 200).values();
        double trace = 0;
        double squares = 0;
        for (int i = 0; i < 200; i++) {
            trace += matrix[i][i];
            squares += KnownSpectrum.inner(matrix[i], matrix[i]);
        }
        assertThat(Math.abs(Arrays.stream(values).sum() - trace)).isLessThanOrEqualTo(200 * 200 * U * values[199]);
        assertThat(Math.abs(KnownSpectrum.inner(values, values) - squares))
                .isLessThanOrEqualTo(200 * 200 * U * values[199] * values[199]);
        // Half of it is the null space.
        assertThat(values[99]).isLessThan(200 * 20 * U * values[199]);
        assertThat(values[100]).isGreaterThan(1e-3);
    }

    @Test
    void nothingIsFoundInWhatIsNotFinite() {
        assertThat(SymmetricEigen.of(new double[][] {{1, Double.NaN}, {Double.NaN, 1}})
                        .values())
                .containsOnly(Double.NaN);
    }
}

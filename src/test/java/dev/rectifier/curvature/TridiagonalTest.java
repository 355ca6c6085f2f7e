package dev.rectifier.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The QL iteration on matrices with closed forms. */
class TridiagonalTest {
    private static final double U = 0x1p-53;

    private static Tridiagonal laplacian(int n) {
        double[] two = new double[n];
        double[] one = new double[n - 1];
        Arrays.fill(two, 2);
        Arrays.fill(one, -1);
        return new Tridiagonal(two, one);
    }

    @Test
    void laplaciansHaveTheirCosinesAndSines() {
        for (int n : new int[] {1, 2, 3, 10, 257}) {
            Tridiagonal matrix = laplacian(n);
            Tridiagonal.Eigen eigen = matrix.eigen(0, n - 1);
            double[] expected = KnownSpectrum.laplacian(n).eigenvalues();
            for (int i = 0; i < n; i++) {
                double bound = 4 * n * U * matrix.norm();
                assertThat(eigen.values()[i]).isCloseTo(expected[i], within(bound));
                double first = Math.sqrt(2.0 / (n + 1)) * Math.sin((i + 1) * Math.PI / (n + 1));
                // An entry moves by the rounding over the distance to the next eigenvalue, some 2 / n^2 here.
                assertThat(Math.abs(eigen.entries()[i][0])).isCloseTo(first, within(bound * n * n));
                assertThat(Math.abs(eigen.entries()[i][1])).isCloseTo(first, within(bound * n * n));
            }
        }
    }

    @Test
    void firstComponentsHaveLengthOneWhateverTheMatrix() {
        for (double scale : new double[] {1e-200, 1, 1e150}) {
            double[] diagonal = {scale, -3 * scale, 0, 0, 1e-9 * scale, scale};
            double[] beside = {scale, 0, 1e-12 * scale, scale, 2 * scale};
            double[][] entries = new Tridiagonal(diagonal, beside).eigen(0).entries();
            double sum = Arrays.stream(entries).mapToDouble(e -> e[0] * e[0]).sum();
            assertThat(sum).isCloseTo(1, within(100 * U));
        }
    }

    @Test
    void nothingIsFoundInWhatIsNotFinite() {
        double[] values = new Tridiagonal(new double[] {1, Double.NaN, 2}, new double[] {1, 1})
                .eigen(0)
                .values();
        assertThat(values).containsOnly(Double.NaN);
        double[] infinite = new Tridiagonal(new double[] {1, 2}, new double[] {Double.POSITIVE_INFINITY})
                .eigen()
                .values();
        assertThat(infinite).containsOnly(Double.NaN);
    }
}

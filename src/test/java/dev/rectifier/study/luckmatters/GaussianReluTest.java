package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.Bound;
import dev.rectifier.tensor.DType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Forms without bias against the limits that need no formula, and forms with bias against those without. */
class GaussianReluTest {
    private static final double[] W = {1, 0.5, -0.25};
    private static final double[] V = {-0.5, 1, 2};
    private static final double LENGTHS = Vectors.norm(W) * Vectors.norm(V);

    /**
     * Of two forms of size {@code scale}^2 |w| |v|, or of that product. A norm of three entries rounds 4 times, so unit vectors
     * are off by 5 u, the half-angle form by 10 u, the angle with its arctangent by 24 u; sin theta + (pi - theta) cos theta
     * changes by at most 1.9 per unit of angle and rounds 12 u of its own. Over 2 pi, with two norms and six factors, that is
     * 20 u; the biased forms end in Phi2, of 24 + 4 + 8 roundings of at most 1/4. Two sides: below 64 u.
     */
    private static Offset<Double> rounding(double magnitude) {
        return within(Bound.gamma(DType.F64, 64) * magnitude);
    }

    @Test
    void aNodeWithItselfHasItsSecondMoment() {
        assertThat(GaussianRelu.product(W, W, 2)).isCloseTo(4 * Vectors.dot(W, W) / 2, rounding(4 * Vectors.dot(W, W)));
    }

    @Test
    void varianceIsSecondMomentLessSquaredMean() {
        double mean = GaussianRelu.mean(W, 3);
        assertThat(GaussianRelu.variance(W, 3))
                .isCloseTo(GaussianRelu.product(W, W, 3) - mean * mean, rounding(9 * Vectors.dot(W, W)));
    }

    @Test
    void correlationMatchesTheLandmarksOfThePaper() {
        assertThat(GaussianRelu.correlation(0)).isEqualTo(1);
        assertThat(GaussianRelu.correlation(Math.PI / 2)).isZero();
        // sin(pi) is one rounding of 1, and so are difference and quotient.
        double opposite = -1 / (Math.PI - 1);
        assertThat(GaussianRelu.correlation(Math.PI)).isCloseTo(opposite, within(4 * Math.ulp(opposite)));
        // Angles are given to three decimals; |d rho / d theta| <= pi / (pi - 1) < 1.5.
        assertThat(GaussianRelu.correlation(0.388)).isCloseTo(0.9, within(1.5 * 0.0005));
    }

    @Test
    void correlationIsTheStandardisedProduct() {
        double theta = Vectors.angle(W, V);
        double covariance = GaussianRelu.product(W, V, 1) - GaussianRelu.mean(W, 1) * GaussianRelu.mean(V, 1);
        double norm = Math.sqrt(GaussianRelu.variance(W, 1) * GaussianRelu.variance(V, 1));
        assertThat(GaussianRelu.correlation(theta)).isCloseTo(covariance / norm, rounding(LENGTHS / norm));
    }

    @Test
    void projectingTheGatedInputGivesTheProduct() {
        // w . E[x s(v.x) 1{w.x > 0}] = E[s(w.x) s(v.x)].
        assertThat(Vectors.dot(W, GaussianRelu.gatedInput(W, V, 1.5)))
                .isCloseTo(GaussianRelu.product(W, V, 1.5), rounding(2.25 * LENGTHS));
    }

    @Test
    void formsWithBiasContainThoseWithout() {
        BiasedGaussianRelu pair = new BiasedGaussianRelu(W, 0, V, 0, 1.5);
        assertThat(pair.bothActive()).isCloseTo(GaussianRelu.bothActive(Vectors.angle(W, V)), rounding(1));
        assertThat(pair.product()).isCloseTo(GaussianRelu.product(W, V, 1.5), rounding(2.25 * LENGTHS));
        double[] gated = GaussianRelu.gatedInput(W, V, 1.5);
        for (int d = 0; d < gated.length; d++) {
            assertThat(pair.gatedInput()[d]).isCloseTo(gated[d], rounding(2.25 * Vectors.norm(V)));
        }
        double tau = 1.5 * Vectors.norm(W);
        assertThat(BiasedGaussianRelu.mean(0, tau)).isCloseTo(GaussianRelu.mean(W, 1.5), rounding(tau));
    }

    @Test
    void projectingTheGatedInputWithBiasGivesTheProduct() {
        // w . E[x s(z_2) 1{z_1 > 0}] = E[s(z_1) s(z_2)] - b E[s(z_2) 1{z_1 > 0}]; the last from the derivative in b.
        double b = 0.4;
        double c = -0.7;
        double step = 0x1p-15;
        double up = new BiasedGaussianRelu(W, b + step, V, c, 1).product();
        double down = new BiasedGaussianRelu(W, b - step, V, c, 1).product();
        BiasedGaussianRelu pair = new BiasedGaussianRelu(W, b, V, c, 1);
        double expected = pair.product() - b * (up - down) / (2 * step);
        // Central differences: step^2 / 6 times a third derivative below 1, and the rounding of the products over the
        // step.
        double rounding = Bound.gamma(DType.F64, 64) * LENGTHS;
        double bound = rounding + b * (step * step / 6 + rounding / step);
        assertThat(Vectors.dot(W, pair.gatedInput())).isCloseTo(expected, within(bound));
    }
}

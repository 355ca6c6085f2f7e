package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Forms without bias against the limits that need no formula, and forms with bias against those without. */
class GaussianReluTest {
    private static final double[] W = {1, 0.5, -0.25};
    private static final double[] V = {-0.5, 1, 2};
    private static final double ROUNDING = 1e-13;

    @Test
    void aNodeWithItselfHasItsSecondMoment() {
        assertThat(GaussianRelu.product(W, W, 2)).isCloseTo(4 * Vectors.dot(W, W) / 2, within(ROUNDING));
    }

    @Test
    void varianceIsSecondMomentLessSquaredMean() {
        double mean = GaussianRelu.mean(W, 3);
        assertThat(GaussianRelu.variance(W, 3))
                .isCloseTo(GaussianRelu.product(W, W, 3) - mean * mean, within(ROUNDING * 10));
    }

    @Test
    void correlationMatchesTheLandmarksOfThePaper() {
        assertThat(GaussianRelu.correlation(0)).isCloseTo(1, within(ROUNDING));
        assertThat(GaussianRelu.correlation(Math.PI / 2)).isCloseTo(0, within(ROUNDING));
        assertThat(GaussianRelu.correlation(Math.PI)).isCloseTo(-1 / (Math.PI - 1), within(ROUNDING));
        // Angles are given to three decimals; |d rho / d theta| <= pi / (pi - 1) < 1.5.
        assertThat(GaussianRelu.correlation(0.388)).isCloseTo(0.9, within(1.5 * 0.0005));
    }

    @Test
    void correlationIsTheStandardisedProduct() {
        double theta = Vectors.angle(W, V);
        double covariance = GaussianRelu.product(W, V, 1) - GaussianRelu.mean(W, 1) * GaussianRelu.mean(V, 1);
        double norm = Math.sqrt(GaussianRelu.variance(W, 1) * GaussianRelu.variance(V, 1));
        assertThat(GaussianRelu.correlation(theta)).isCloseTo(covariance / norm, within(ROUNDING));
    }

    @Test
    void projectingTheGatedInputGivesTheProduct() {
        // w . E[x s(v.x) 1{w.x > 0}] = E[s(w.x) s(v.x)].
        assertThat(Vectors.dot(W, GaussianRelu.gatedInput(W, V, 1.5)))
                .isCloseTo(GaussianRelu.product(W, V, 1.5), within(ROUNDING * 10));
    }

    @Test
    void formsWithBiasContainThoseWithout() {
        BiasedGaussianRelu pair = new BiasedGaussianRelu(W, 0, V, 0, 1.5);
        assertThat(pair.bothActive()).isCloseTo(GaussianRelu.bothActive(Vectors.angle(W, V)), within(ROUNDING));
        assertThat(pair.product()).isCloseTo(GaussianRelu.product(W, V, 1.5), within(ROUNDING * 10));
        double[] gated = GaussianRelu.gatedInput(W, V, 1.5);
        for (int d = 0; d < gated.length; d++) {
            assertThat(pair.gatedInput()[d]).isCloseTo(gated[d], within(ROUNDING * 10));
        }
        double tau = 1.5 * Vectors.norm(W);
        assertThat(BiasedGaussianRelu.mean(0, tau)).isCloseTo(GaussianRelu.mean(W, 1.5), within(ROUNDING));
    }

    @Test
    void projectingTheGatedInputWithBiasGivesTheProduct() {
        // w . E[x s(z_2) 1{z_1 > 0}] = E[s(z_1) s(z_2)] - b E[s(z_2) 1{z_1 > 0}]; the last from the derivative in b.
        double b = 0.4;
        double c = -0.7;
        double step = 1e-5;
        double up = new BiasedGaussianRelu(W, b + step, V, c, 1).product();
        double down = new BiasedGaussianRelu(W, b - step, V, c, 1).product();
        BiasedGaussianRelu pair = new BiasedGaussianRelu(W, b, V, c, 1);
        double expected = pair.product() - b * (up - down) / (2 * step);
        // Central differences: truncation of order step^2 = 1e-10 and rounding of order 1e-15 / step = 1e-10.
        assertThat(Vectors.dot(W, pair.gatedInput())).isCloseTo(expected, within(2e-9));
    }
}

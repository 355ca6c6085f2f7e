package dev.rectifier.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.math3.analysis.integration.IterativeLegendreGaussIntegrator;
import org.junit.jupiter.api.Test;

class NormalTest {
    /** What the integral's Javadoc promises, with a factor for the sums of some thousand terms. */
    private static final double BOUND = 1e-14;

    private static final double[] POINTS = {-6, -2.5, -1, -0.3, 0, 1e-9, 0.4, 1, 2, 5};
    private static final double[] CORRELATIONS = {
        -0.999999, -0.95, -0.81, -0.5, 0, 0.3, 0.79, 0.8001, 0.93, 0.9999, 0.99999999
    };

    @Test
    void densityAndProbabilityMatchKnownValues() {
        assertThat(Normal.pdf(0)).isEqualTo(1 / Math.sqrt(2 * Math.PI), within(Math.ulp(0.5)));
        // 15 digits from a table of the normal integral: Phi(1.96) = 0.975002104851780, Phi(-1) = 0.158655253931457
        // Half a unit of the last printed digit, and half of erfc, whose series stops at 1e-15.
        assertThat(Normal.cdf(1.96)).isEqualTo(0.975002104851780, within(0.5e-15 + 1e-15 / 2));
        assertThat(Normal.cdf(-1)).isEqualTo(0.158655253931457, within(0.5e-15 + 1e-15 / 2));
        assertThat(Normal.cdf(Double.NEGATIVE_INFINITY)).isZero();
    }

    @Test
    void quadrantProbabilityIsSheppards() {
        for (double r : CORRELATIONS) {
            double closed = 0.25 + Math.asin(r) / (2 * Math.PI);
            assertThat(Normal.bivariateCdf(0, 0, r)).as("r = %s", r).isEqualTo(closed, within(BOUND));
        }
    }

    @Test
    void independenceAndPerfectCorrelationAreClosed() {
        for (double h : POINTS) {
            for (double k : POINTS) {
                double together = Normal.cdf(Math.min(h, k));
                double opposed = Math.max(0, Normal.cdf(h) - Normal.cdf(-k));
                assertThat(Normal.bivariateCdf(h, k, 0)).isEqualTo(Normal.cdf(h) * Normal.cdf(k), within(BOUND));
                assertThat(Normal.bivariateCdf(h, k, 1)).isEqualTo(together, within(BOUND));
                assertThat(Normal.bivariateCdf(h, k, -1)).isEqualTo(opposed, within(BOUND));
            }
        }
    }

    @Test
    void symmetriesHold() {
        for (double r : CORRELATIONS) {
            for (double h : POINTS) {
                for (double k : POINTS) {
                    double p = Normal.bivariateCdf(h, k, r);
                    assertThat(p).isEqualTo(Normal.bivariateCdf(k, h, r), within(BOUND));
                    double rest = Normal.cdf(h) - Normal.bivariateCdf(h, -k, -r);
                    assertThat(p).as("h %s k %s r %s", h, k, r).isEqualTo(rest, within(BOUND));
                }
            }
        }
    }

    /** An independent route: int_{-inf}^h pdf(x) cdf((k - r x) / sqrt(1 - r^2)) dx, cut at x = -10 where the rest is below 1e-23. */
    @Test
    void agreesWithTheConditionalIntegral() {
        double asked = 1e-13;
        IterativeLegendreGaussIntegrator integrator = new IterativeLegendreGaussIntegrator(20, asked, asked / 10);
        for (double r : new double[] {-0.9, -0.5, 0.3, 0.79, 0.81, 0.95}) {
            double q = Math.sqrt(1 - r * r);
            for (double h : new double[] {-2.5, -0.3, 0.4, 2}) {
                for (double k : new double[] {-1, 0, 1.5}) {
                    double integral =
                            integrator.integrate(1_000_000, x -> Normal.pdf(x) * Normal.cdf((k - r * x) / q), -10, h);
                    assertThat(Normal.bivariateCdf(h, k, r)).isEqualTo(integral, within(asked + BOUND));
                }
            }
        }
    }

    @Test
    void infiniteLimitsAndBadArguments() {
        assertThat(Normal.bivariateCdf(Double.POSITIVE_INFINITY, 0.3, 0.5)).isEqualTo(Normal.cdf(0.3));
        assertThat(Normal.bivariateCdf(Double.NEGATIVE_INFINITY, 0.3, 0.5)).isZero();
        assertThatThrownBy(() -> Normal.bivariateCdf(0, 0, 1.5)).hasMessageContaining("[-1, 1]");
    }
}

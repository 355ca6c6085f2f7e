package dev.rectifier.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArcTangentTest {
    private static final int STEPS = 1 << 18;

    /** Its own 2 ulp, and the 1 ulp that java.lang.Math allows itself. */
    @Test
    void isWithinTwoUlp() {
        for (int i = 0; i <= STEPS; i++) {
            double x = (double) i / STEPS;
            for (double near : new double[] {x, x * x * x, x * 0x1p-30}) {
                double expected = Math.atan(near);
                assertThat(Math.abs(ArcTangent.of(near) - expected)).isLessThanOrEqualTo(3 * Math.ulp(expected));
            }
        }
    }

    @Test
    void endsAreAsTheyMustBe() {
        assertThat(ArcTangent.of(0)).isZero();
        assertThat(ArcTangent.of(Double.MIN_VALUE)).isEqualTo(Double.MIN_VALUE);
        assertThat(2 * ArcTangent.of(1)).isEqualTo(Math.PI / 2);
        assertThat(ArcTangent.of(Double.NaN)).isNaN();
    }
}

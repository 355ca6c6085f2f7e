package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.Bound;
import dev.rectifier.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LuckyRateTest {
    @ParameterizedTest
    @CsvSource({
        "0.2, 2.88, 0.005",
        "0.5, 4.97, 0.005",
        "1.0, 6.95, 0.005",
        "1.5, 8.73, 0.005",
        "2.0, 11.08, 0.005",
        "2.5, 15.95, 0.005",
        "3.0, 51.1, 0.05"
    })
    void timesAreThoseOfThePaper(double start, double time, double rounding) {
        assertThat(LuckyRate.timeTo(0.05, start, 1)).isCloseTo(time, within(rounding));
    }

    @Test
    void integrationAndQuadratureAgree() {
        double time = LuckyRate.timeTo(0.05, 1.5, 1);
        // A step h = 1e-3 errs by less than h^5, since no derivative of the rate exceeds 1, and rounds an angle below 2
        // some
        // four times; angles below 1.5 part by less than e^0.5 < 2 before they close in. Simpson's 2,001 terms are
        // positive,
        // its own error h^4 / 180 with h = 2e-3, times the rate of less than 0.03 at the end, is below 1e-13 of the
        // time.
        double integrated = 2 * time * (1e-12 + 2 * Bound.gamma(DType.F64, 4) / 1e-3);
        double quadrature = 0.03 * time * (1e-13 + Bound.gamma(DType.F64, 2_005));
        assertThat(LuckyRate.angleAfter(1.5, time, 1)).isCloseTo(0.05, within(integrated + quadrature));
    }

    @Test
    void scaleOnlyStretchesTime() {
        double expected = LuckyRate.timeTo(0.1, 2, 1) / 100;
        // 2,001 positive terms, each rounded some five times, on both sides.
        double rounding = 2 * Bound.gamma(DType.F64, 2_006) * expected;
        assertThat(LuckyRate.timeTo(0.1, 2, 10)).isCloseTo(expected, within(rounding));
    }

    @Test
    void aPopulationFlowOfOrthogonalTeachersFollowsTheEquation() {
        double[] starts = {0.2, 0.5, 1, 1.5, 2, 2.5};
        TwoLayer teacher = LuckyStarts.teacher(starts.length);
        TwoLayer student = LuckyStarts.student(starts);
        PopulationFlow.advance(student, teacher, 5, 0.01);
        for (int j = 0; j < starts.length; j++) {
            double angle = Vectors.angle(student.incoming(j), teacher.incoming(j));
            // Explicit Euler: local error dt^2 / 2 |theta''|, and theta'' <= 1 here: at most 5 * dt / 2 = 0.025.
            assertThat(angle).isCloseTo(LuckyRate.angleAfter(starts[j], 5, 1), within(0.025));
        }
    }
}

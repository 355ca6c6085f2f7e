package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
        assertThat(LuckyRate.angleAfter(1.5, time, 1)).isCloseTo(0.05, within(1e-9));
    }

    @Test
    void scaleOnlyStretchesTime() {
        assertThat(LuckyRate.timeTo(0.1, 2, 10)).isCloseTo(LuckyRate.timeTo(0.1, 2, 1) / 100, within(1e-12));
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

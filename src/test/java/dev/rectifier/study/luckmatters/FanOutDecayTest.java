package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FanOutDecayTest {
    private static final double[][] INCOMING = {{1, 0, 0}, {0, 1, 0}, {0.6, 0.8, 0}, {0, -0.6, 0.8}};
    private static final double[][] ERROR = {{0, 0.5}, {0.25, 0}, {1, -1}, {0.5, 2}};

    @Test
    void nothingHappensInNoTime() {
        double[][] same = new FanOutDecay(FanOutDecay.moments(INCOMING)).after(0, ERROR);
        for (int j = 0; j < ERROR.length; j++) {
            assertThat(same[j]).containsExactly(ERROR[j], offset(1e-14));
        }
    }

    @Test
    void itsDerivativeIsMinusLTimesTheError() {
        double[][] moments = FanOutDecay.moments(INCOMING);
        FanOutDecay decay = new FanOutDecay(moments);
        double h = 1e-4;
        double[][] before = decay.after(1 - h, ERROR);
        double[][] now = decay.after(1, ERROR);
        double[][] later = decay.after(1 + h, ERROR);
        for (int j = 0; j < ERROR.length; j++) {
            for (int k = 0; k < 2; k++) {
                double expected = 0;
                for (int i = 0; i < ERROR.length; i++) {
                    expected -= moments[j][i] * now[i][k];
                }
                // Central difference: h^2 / 6 times a third derivative below 10, plus rounding 1e-15 / h.
                assertThat((later[j][k] - before[j][k]) / (2 * h)).isCloseTo(expected, within(2e-8));
            }
        }
    }

    @Test
    void duplicatedNodesHaveADirectionThatNeverDecays() {
        double[][] twins = {{1, 0, 0}, {1, 0, 0}};
        FanOutDecay decay = new FanOutDecay(FanOutDecay.moments(twins));
        double[][] after = decay.after(50, new double[][] {{1}, {-1}});
        assertThat(after[0][0]).isCloseTo(1, within(1e-12));
        assertThat(after[1][0]).isCloseTo(-1, within(1e-12));
    }
}

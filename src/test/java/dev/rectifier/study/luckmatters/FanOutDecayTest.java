package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.Bound;
import dev.rectifier.tensor.DType;
import org.junit.jupiter.api.Test;

class FanOutDecayTest {
    private static final double[][] INCOMING = {{1, 0, 0}, {0, 1, 0}, {0.6, 0.8, 0}, {0, -0.6, 0.8}};
    private static final double[][] ERROR = {{0, 0.5}, {0.25, 0}, {1, -1}, {0.5, 2}};

    /**
     * Share of the error's norm that rounding may move: the eigenvectors come from at most two sweeps of n rotations for each
     * of n eigenvalues, each off by less than six roundings (Higham, 19.6), and are multiplied by twice.
     */
    private static final double ROUNDING = 2 * Bound.gamma(DType.F64, 6 * 2 * 4 * 4 + 4);

    /** Frobenius norm of {@link #ERROR}: less than 2.6. */
    private static final double LENGTH = 2.6;

    @Test
    void nothingHappensInNoTime() {
        double[][] same = new FanOutDecay(FanOutDecay.moments(INCOMING)).after(0, ERROR);
        for (int j = 0; j < ERROR.length; j++) {
            assertThat(same[j]).containsExactly(ERROR[j], offset(ROUNDING * LENGTH));
        }
    }

    @Test
    void itsDerivativeIsMinusLTimesTheError() {
        double[][] moments = FanOutDecay.moments(INCOMING);
        FanOutDecay decay = new FanOutDecay(moments);
        double h = 0x1p-15;
        double[][] before = decay.after(1 - h, ERROR);
        double[][] now = decay.after(1, ERROR);
        double[][] later = decay.after(1 + h, ERROR);
        for (int j = 0; j < ERROR.length; j++) {
            for (int k = 0; k < 2; k++) {
                double expected = 0;
                for (int i = 0; i < ERROR.length; i++) {
                    expected -= moments[j][i] * now[i][k];
                }
                // Central difference: h^2 / 6 times the third derivative, |L|^3 times the error's length, |L| <= trace
                // = 2.
                double bound = LENGTH * (h * h / 6 * 8 + ROUNDING / h + 2 * ROUNDING);
                assertThat((later[j][k] - before[j][k]) / (2 * h)).isCloseTo(expected, within(bound));
            }
        }
    }

    @Test
    void duplicatedNodesHaveADirectionThatNeverDecays() {
        double[][] twins = {{1, 0, 0}, {1, 0, 0}};
        FanOutDecay decay = new FanOutDecay(FanOutDecay.moments(twins));
        double[][] after = decay.after(50, new double[][] {{1}, {-1}});
        // The eigenvalue 0 is found up to rounding of |L| = 1, and acts 50 times; the error's length is below 1.5.
        double bound = 1.5 * (50 + 1) * ROUNDING;
        assertThat(after[0][0]).isCloseTo(1, within(bound));
        assertThat(after[1][0]).isCloseTo(-1, within(bound));
    }
}

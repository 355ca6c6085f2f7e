package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ParametrisationTest {
    private static final int IN = 64;
    private static final int OUT = 256;

    /** The printed table, spelled out for fan-in 64 and fan-out 256: multiplier, deviation, weight rate, bias rate. */
    @ParameterizedTest
    @CsvSource({
        "STANDARD, INPUT, 1, 1, 1, 1",
        "STANDARD, HIDDEN, 1, 1, 1, 1",
        "STANDARD, OUTPUT, 1, 1, 1, 1",
        "NTK, INPUT, 0.125, 8, 1, 1",
        "NTK, HIDDEN, 0.125, 8, 1, 1",
        "NTK, OUTPUT, 0.125, 8, 1, 1",
        "MEAN_FIELD, INPUT, 1, 1, 256, 256",
        "MEAN_FIELD, HIDDEN, 0.015625, 8, 16384, 256",
        "MEAN_FIELD, OUTPUT, 0.015625, 8, 64, 1",
        "MU_P, INPUT, 1, 1, 256, 256",
        "MU_P, HIDDEN, 1, 1, 1, 256",
        "MU_P, OUTPUT, 1, 0.125, 0.015625, 1",
        "MU_P_ADAM, INPUT, 1, 1, 1, 1",
        "MU_P_ADAM, HIDDEN, 0.015625, 64, 1, 1",
        "MU_P_ADAM, OUTPUT, 0.015625, 8, 1, 1",
    })
    void powersOfTheWidths(
            Parametrisation row, Role role, double multiplier, double deviation, double weightRate, double biasRate) {
        assertThat(row.multiplier(role, IN)).isEqualTo(multiplier);
        assertThat(row.deviation(role, IN)).isEqualTo(deviation);
        assertThat(row.weightRate(role, IN, OUT)).isEqualTo(weightRate);
        assertThat(row.biasRate(role, OUT)).isEqualTo(biasRate);
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void ntkComputesTheStandardFunctionAtTheStart(Role role) {
        assertThat(Parametrisation.NTK.multiplier(role, IN) * Parametrisation.NTK.deviation(role, IN))
                .isEqualTo(1);
    }

    /** Gauge symmetry of Yang and Hu: the weight that acts, m s, is the same in both forms of muP. */
    @ParameterizedTest
    @EnumSource(Role.class)
    void bothFormsOfMupStartFromTheSameFunction(Role role) {
        double sgd = Parametrisation.MU_P.multiplier(role, IN) * Parametrisation.MU_P.deviation(role, IN);
        double adam = Parametrisation.MU_P_ADAM.multiplier(role, IN) * Parametrisation.MU_P_ADAM.deviation(role, IN);
        assertThat(adam).isEqualTo(sgd);
    }

    /** Tensor Programs V, table 3: output deviation 1/fan-in, rate 1/fan-in under SGD. */
    @Test
    void mupOutputFollowsTheTable() {
        double lecun = 1 / Math.sqrt(IN);
        assertThat(lecun * Parametrisation.MU_P.deviation(Role.OUTPUT, IN)).isEqualTo(1.0 / IN);
        assertThat(Parametrisation.MU_P.weightRate(Role.OUTPUT, IN, OUT)).isEqualTo(1.0 / IN);
    }

    /**
     * Under mean field, a step of rate eta moves every hidden unit by order one: gradient of an input weight is (multiplier
     * of the output) x O(1), times its rate.
     */
    @Test
    void meanFieldUnitsMoveByOrderOne() {
        int width = 1024;
        double gradient = Parametrisation.MEAN_FIELD.multiplier(Role.OUTPUT, width);
        assertThat(gradient * Parametrisation.MEAN_FIELD.weightRate(Role.INPUT, 10, width))
                .isEqualTo(1);
        assertThat(gradient * Parametrisation.MEAN_FIELD.weightRate(Role.OUTPUT, width, 1))
                .isEqualTo(1);
    }
}

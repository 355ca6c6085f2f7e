package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class MlpSpecTest {
    @Test
    void widthsRunFromInputToOutput() {
        MlpSpec spec = MlpSpec.of(20, 10, 15, 100);
        assertThat(spec.layers()).isEqualTo(3);
        assertThat(List.of(spec.width(0), spec.width(1), spec.width(2), spec.width(3)))
                .containsExactly(20, 10, 15, 100);
        assertThat(spec.fanIn(1)).isEqualTo(10);
        assertThat(spec.fanOut(1)).isEqualTo(15);
        assertThat(List.of(spec.role(0), spec.role(1), spec.role(2)))
                .containsExactly(Role.INPUT, Role.HIDDEN, Role.OUTPUT);
    }

    @Test
    void aLinearMapHasOneLayer() {
        MlpSpec spec = MlpSpec.of(5, 2);
        assertThat(spec.layers()).isEqualTo(1);
        assertThat(spec.role(0)).isEqualTo(Role.INPUT);
        assertThat(ParameterLayout.of(spec).size()).isEqualTo(5 * 2 + 2);
    }

    @Test
    void aStudentIsItsTeacherWidened() {
        assertThat(MlpSpec.of(20, 10, 15, 100).widened(10).hidden()).containsExactly(100, 150);
    }

    @Test
    void refusesWidthsBelowOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MlpSpec.of(3, 4, 0, 2))
                .withMessageContaining("hidden[1] must be at least 1, not 0");
        assertThatIllegalArgumentException().isThrownBy(() -> MlpSpec.of(0, 2)).withMessageContaining("inputs");
        assertThatIllegalArgumentException().isThrownBy(() -> MlpSpec.of(7)).withMessageContaining("not 1 widths");
    }

    @Test
    void refusesAParametrisationThatHasNothingToScale() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MlpSpec.of(3, 2).withParametrisation(Parametrisation.NTK))
                .withMessageContaining("no hidden layer");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MlpSpec.of(3, 4, 2)
                        .withInit(InitSchemes.SEPARATED_TEACHER)
                        .withParametrisation(Parametrisation.MU_P))
                .withMessageContaining("fixes the weights' scale itself");
    }

    @Test
    void layoutIsThatOfAChainOfLinearLayers() {
        ParameterLayout layout = ParameterLayout.of(MlpSpec.of(3, 4, 2));
        assertThat(layout.slots().stream().map(ParameterLayout.Slot::name))
                .containsExactly("0.weight", "0.bias", "1.weight", "1.bias");
        assertThat(layout.slots().stream().map(ParameterLayout.Slot::offset)).containsExactly(0L, 12L, 16L, 24L);
        assertThat(layout.weight(1).shape().extents()).containsExactly(2, 4);
        assertThat(layout.size()).isEqualTo(26);
    }

    @Test
    void layoutWithoutBiasHasWeightsAlone() {
        ParameterLayout layout = ParameterLayout.of(MlpSpec.of(3, 4, 2).withBias(false));
        assertThat(layout.size()).isEqualTo(20);
        assertThat(layout.weight(1).offset()).isEqualTo(12);
        assertThat(layout.slots()).hasSize(2);
    }

    @Test
    void maskHoldsOneBitPerParameter() {
        ParameterLayout layout = ParameterLayout.of(MlpSpec.of(5, 6, 2));
        ParameterMask mask = ParameterMask.allMove(layout).freezeLayer(1).freeze(3);
        int[] words = mask.words(2).ints();
        assertThat(words).hasSize(4);
        for (int i = 0; i < layout.size(); i++) {
            boolean moves = i < 36 && i != 3;
            assertThat(words[i / 32] >>> (i % 32) & 1).isEqualTo(moves ? 1 : 0);
            assertThat(words[2 + i / 32] >>> (i % 32) & 1).isEqualTo(moves ? 1 : 0);
        }
        assertThat(words[1] >>> (layout.size() - 32)).isZero();
    }
}

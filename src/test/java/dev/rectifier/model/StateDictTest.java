package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StateDictTest {
    private static final ChainSpec SPEC = new ChainSpec(
            Shape.of(1, 3, 3),
            List.of(
                    new NamedLayer("conv1", new LayerSpec.Conv(2, 3, 1, 0, true)),
                    new NamedLayer("bn1", new LayerSpec.BatchNorm()),
                    new NamedLayer("flat", new LayerSpec.Flatten()),
                    new NamedLayer("conv10", new LayerSpec.Dense(2, false))));
    private static final StateDict DICT = StateDict.of(SPEC);

    private static Map<String, HostTensor> named(int replica) {
        HostTensor drawn = Initializer.draw(SPEC, DType.F32, Streams.range(SeedTree.root(2), 0, 2));
        return DICT.named(drawn, Optional.of(Initializer.state(SPEC, 2)), replica);
    }

    @Test
    void tensorsAreNamedAndOrderedAsInPyTorchAndComeBackToTheBit() {
        Map<String, HostTensor> named = named(1);
        assertThat(named.keySet())
                .containsExactly(
                        "conv1.weight",
                        "conv1.bias",
                        "bn1.weight",
                        "bn1.bias",
                        "bn1.running_mean",
                        "bn1.running_var",
                        "conv10.weight");
        assertThat(named.get("bn1.running_var")).hasToString("F32 [2]");
        named.put("bn1.num_batches_tracked", HostTensor.of(Shape.of(), new long[] {7}));
        StateDict.Flat flat = DICT.flat(named, DType.F32);
        HostTensor alone = Initializer.draw(SPEC, DType.F32, Streams.range(SeedTree.root(2), 1, 1));
        assertThat(flat.parameters().sameBits(alone)).isTrue();
        assertThat(flat.state().sameBits(Initializer.state(SPEC, 1))).isTrue();
    }

    @Test
    void aPerceptronGoesByTheNamesOfASequential() {
        assertThat(StateDict.of(MlpSpec.of(2, 3, 1)).spec().layout().slots().stream()
                        .map(ParameterLayout.Slot::name))
                .containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
    }

    @Test
    void everythingThatDoesNotFitIsNamed() {
        Map<String, HostTensor> named = new LinkedHashMap<>(named(0));
        named.remove("conv1.bias");
        named.put("conv10.weight", HostTensor.zeros(DType.F32, Shape.of(2, 3)));
        named.put("fc.weight", HostTensor.zeros(DType.F32, Shape.of(2)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DICT.flat(named, DType.F32))
                .withMessage("These tensors are not those of this network ([1, 3, 3] through 4 layers to 2): conv1.bias"
                        + " [2] is missing; conv10.weight is F32 [2, 3], not F32 or F64 [2, 2]; fc.weight belongs to no"
                        + " layer.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DICT.named(
                        HostTensor.zeros(DType.F32, Shape.of(1, SPEC.layout().size())), Optional.empty(), 0))
                .withMessageContaining("its state is needed");
    }
}

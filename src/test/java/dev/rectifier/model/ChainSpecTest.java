package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.model.LayerSpec.AvgPool;
import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Dropout;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.GlobalAvgPool;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.model.LayerSpec.Residual;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainSpecTest {
    private static final Shape IMAGE = Shape.of(3, 9, 7);

    private static ChainSpec block(LayerSpec... shortcut) {
        LayerSpec block = Residual.of(List.of(new Conv(4, 3, 2, 1, false), new BatchNorm()), Arrays.asList(shortcut));
        return ChainSpec.of(IMAGE, block, new Relu(), new GlobalAvgPool(), new Flatten(), new Dense(5));
    }

    @Test
    void extentsFollowPyTorch() {
        assertThat(new Conv(4, 3, 2, 1, true).output(IMAGE)).isEqualTo(Shape.of(4, 5, 4));
        assertThat(new MaxPool(3, 2, 1).output(IMAGE)).isEqualTo(Shape.of(3, 5, 4));
        assertThat(new AvgPool(2).output(IMAGE)).isEqualTo(Shape.of(3, 4, 3));
        assertThat(new Flatten().output(IMAGE)).isEqualTo(Shape.of(189));
        ChainSpec spec = block(new Conv(4, 1, 2, 0, false), new BatchNorm());
        assertThat(List.of(spec.inputs(), spec.outputs())).containsExactly(189, 5);
    }

    @Test
    void namesAndShapesAreThoseOfAStateDict() {
        ChainSpec spec = block(new Conv(4, 1, 2, 0, false), new BatchNorm());
        assertThat(spec.layout().slots().stream().map(slot -> slot.name() + " " + slot.shape()))
                .containsExactly(
                        "0.body.0.weight [4, 3, 3, 3]",
                        "0.body.1.weight [4]",
                        "0.body.1.bias [4]",
                        "0.shortcut.0.weight [4, 3, 1, 1]",
                        "0.shortcut.1.weight [4]",
                        "0.shortcut.1.bias [4]",
                        "4.weight [5, 4]",
                        "4.bias [5]");
        assertThat(spec.state().slots().stream().map(slot -> slot.name() + " " + slot.offset()))
                .containsExactly(
                        "0.body.1.running_mean 0",
                        "0.body.1.running_var 4",
                        "0.shortcut.1.running_mean 8",
                        "0.shortcut.1.running_var 12");
        assertThat(spec.layout().layers()).isEqualTo(5);
        assertThat(spec.layout().slot("4.bias")).isEqualTo(spec.layout().bias(4));
    }

    /** A BatchNorm without a mode of its own keeps its text, which is part of a checkpoint's identity. */
    @Test
    void aBatchNormMayHaveAModeOfItsOwn() {
        BatchNorm free = new BatchNorm();
        assertThat(free).hasToString("BatchNorm[eps=1.0E-5, momentum=0.1, affine=true]");
        assertThat(free.always(Mode.EVALUATION))
                .hasToString("BatchNorm[eps=1.0E-5, momentum=0.1, affine=true, mode=EVALUATION]")
                .isNotEqualTo(free);
        assertThat(ChainSpec.of(Shape.of(4), new Dense(3), free).leastExamples())
                .isEqualTo(2);
        assertThat(ChainSpec.of(Shape.of(4), new Dense(3), free.always(Mode.TRAINING))
                        .leastExamples())
                .isEqualTo(2);
        assertThat(ChainSpec.of(Shape.of(4), new Dense(3), free.always(Mode.EVALUATION))
                        .leastExamples())
                .isEqualTo(1);
    }

    @Test
    void givenNamesAreKept() {
        NamedLayer conv = new NamedLayer("features.0", new Conv(2, 3, 1, 0, true));
        NamedLayer dense = new NamedLayer("classifier", new Dense(2));
        ChainSpec spec =
                new ChainSpec(Shape.of(1, 3, 3), List.of(conv, new NamedLayer("flatten", new Flatten()), dense));
        assertThat(spec.layout().slots().stream().map(ParameterLayout.Slot::name))
                .containsExactly("features.0.weight", "features.0.bias", "classifier.weight", "classifier.bias");
    }

    @Test
    void whatDoesNotFitIsNamedWithItsShapes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChainSpec.of(IMAGE, new Relu(), new Dense(4)))
                .withMessage(
                        "Layer 1 \"1\" (Dense) takes [features]: put a flatten before it; its input is [3, 9, 7].");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> block())
                .withMessage("Layer 0 \"0\" (Residual) has a body that gives [4, 5, 4] and a shortcut that gives"
                        + " [3, 9, 7], which cannot be added; its input is [3, 9, 7].");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> block(new Flatten(), new Dense(2), new Conv(4, 1, 2, 0, false)))
                .withMessage("Layer 0 \"0\" (Residual) does not fit: shortcut layer 2 \"shortcut.2\" (Conv) takes"
                        + " [channels, height, width]; its input is [2].");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChainSpec.of(IMAGE, new MaxPool(8)))
                .withMessageContaining("a window of 8, larger than the 7 cells it slides over");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChainSpec.of(IMAGE, new Conv(2, 3, 1, 0, true)))
                .withMessageContaining("gives [2, 7, 5], not [outputs]");
    }

    @Test
    void layersStartAsInPyTorch() {
        ChainSpec spec = block(new Conv(4, 1, 2, 0, false), new BatchNorm());
        HostTensor drawn = Initializer.draw(spec, DType.F64, Streams.single(SeedTree.root(5)));
        ParameterLayout layout = spec.layout();
        assertThat(Arrays.stream(part(drawn, layout.slot("0.body.0.weight"))))
                .allMatch(w -> Math.abs(w) <= 1 / Math.sqrt(27));
        assertThat(Arrays.stream(part(drawn, layout.slot("0.body.0.weight"))))
                .anyMatch(w -> Math.abs(w) > 0.5 / Math.sqrt(27));
        assertThat(part(drawn, layout.slot("0.body.1.weight"))).containsOnly(1);
        assertThat(part(drawn, layout.slot("0.shortcut.1.bias"))).containsOnly(0);
        assertThat(Arrays.stream(part(drawn, layout.slot("4.bias")))).allMatch(b -> b != 0 && Math.abs(b) <= 0.5);
        HostTensor state = Initializer.state(spec, 1);
        assertThat(part(state, spec.state().slot("0.body.1.running_mean"))).containsOnly(0);
        assertThat(part(state, spec.state().slot("0.body.1.running_var"))).containsOnly(1);
    }

    @Test
    void weightNormalisationStartsAtTheSameWeights() {
        LayerSpec.Linear dense = new Dense(4);
        ChainSpec plain = ChainSpec.of(Shape.of(3), dense);
        ChainSpec normed = ChainSpec.of(Shape.of(3), new LayerSpec.WeightNormed(dense));
        Streams stream = Streams.single(SeedTree.root(6));
        double[] w =
                part(Initializer.draw(plain, DType.F64, stream), plain.layout().slot("0.weight"));
        HostTensor drawn = Initializer.draw(normed, DType.F64, stream);
        assertThat(normed.layout().slots().stream().map(slot -> slot.name() + " " + slot.shape()))
                .containsExactly("0.bias [4]", "0.weight_g [4, 1]", "0.weight_v [4, 3]");
        assertThat(part(drawn, normed.layout().slot("0.weight_v"))).isEqualTo(w);
        double[] lengths = part(drawn, normed.layout().slot("0.weight_g"));
        assertThat(lengths[1]).isEqualTo(Math.sqrt(w[3] * w[3] + w[4] * w[4] + w[5] * w[5]));
    }

    private static double[] part(HostTensor values, ParameterLayout.Slot slot) {
        int from = Math.toIntExact(slot.offset());
        return Arrays.copyOfRange(values.toDoubles(), from, from + Math.toIntExact(slot.size()));
    }

    @Test
    void aReplicaDrawsTheSameAloneAndOneMoreBatchNormChangesNoDraw() {
        ChainSpec spec = ChainSpec.of(Shape.of(3), new Dense(4), new Relu(), new Dense(2));
        ChainSpec normed = ChainSpec.of(Shape.of(3), new Dense(4), new BatchNorm(), new Relu(), new Dense(2));
        Streams three = Streams.range(SeedTree.root(8), 0, 3);
        HostTensor all = Initializer.draw(spec, DType.F64, three);
        int p = Math.toIntExact(spec.layout().size());
        double[] last = Initializer.draw(spec, DType.F64, three.only(2)).toDoubles();
        assertThat(Arrays.copyOfRange(all.toDoubles(), 2 * p, 3 * p)).isEqualTo(last);
        HostTensor other = Initializer.draw(normed, DType.F64, three.only(2));
        assertThat(part(other, normed.layout().slot("3.weight")))
                .isEqualTo(
                        part(HostTensor.of(Shape.of(1, p), last), spec.layout().slot("2.weight")));
    }

    @Test
    void aReluIsComputedWithWhatItFollowsAndAProductGatesForWhatIsBelow() {
        List<NamedLayer> layers = ChainSpec.of(
                        Shape.of(2, 4, 4),
                        new Conv(2, 3, 1, 1, true),
                        new Relu(),
                        new Flatten(),
                        new Dense(4),
                        new Relu(),
                        new Dropout(0.5),
                        new Dense(2))
                .layers();
        List<Unit> units = Unit.plan(layers, Shape.of(2, 4, 4), PassKind.Mode.TRAINING);
        assertThat(units.stream().map(Unit::name)).containsExactly("1", "4", "5", "6");
        assertThat(units.stream().map(Unit::gatedByNext)).containsExactly(true, false, false, false);
    }
}

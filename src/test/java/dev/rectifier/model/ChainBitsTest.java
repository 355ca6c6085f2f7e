package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A perceptron written as a chain of layers: the same bits, on every engine. */
class ChainBitsTest extends OnEveryEngine {
    private static final SeedTree SEED = SeedTree.root(41);
    private static final int REPLICAS = 3;
    private static final int EXAMPLES = 6;

    private record Numbers(HostTensor output, HostTensor hidden, HostTensor gradient) {}

    private static List<Numbers> run(Engine engine, NetworkSpec spec, DType type, String hidden) {
        List<Numbers> seen = new ArrayList<>();
        Streams streams = Streams.range(SEED, 0, REPLICAS);
        try (Arena arena = engine.openArena("bits")) {
            Network network = Network.of(engine, spec);
            NetworkValues values = NetworkValues.of(network.layout()
                    .views(arena.upload(Initializer.draw(spec, type, streams)).view()));
            LayerViews gradient = network.layout()
                    .views(arena.zeros(type, Shape.of(REPLICAS, network.layout().size()))
                            .view());
            Pass whole = network.pass(arena, type, REPLICAS, EXAMPLES, PassKind.TRAINING);
            for (int examples : new int[] {EXAMPLES, 4}) {
                View x = drawn(arena, type, Shape.of(REPLICAS, examples, spec.inputs()));
                View dy = drawn(arena, type, Shape.of(REPLICAS, examples, spec.outputs()));
                Pass pass = whole.first(examples);
                pass.forward(values, x);
                pass.backward(values, x, dy, gradient);
                seen.add(new Numbers(
                        pass.output().download(),
                        pass.activation(hidden).download(),
                        gradient.flat().download()));
            }
        }
        return seen;
    }

    private static View drawn(Arena arena, DType type, Shape shape) {
        HostTensor values = HostTensor.zeros(type, shape);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, (float) Math.sin(1 + 7.0 * i));
        }
        return arena.upload(values).view();
    }

    @Test
    void aChainOfDenseLayersHasTheBitsOfThePerceptron() {
        MlpSpec mlp = MlpSpec.of(5, 8, 7, 3);
        for (EngineSource.Present present : SOURCE.engines()) {
            for (MlpSpec spec : List.of(mlp, mlp.withBias(false), mlp.withActivation(Activation.IDENTITY))) {
                for (DType type : List.of(DType.F32, DType.F64)) {
                    String second = spec.activation() == Activation.RELU ? "3" : "1";
                    List<Numbers> expected = run(present.engine(), spec, type, "1");
                    List<Numbers> actual = run(present.engine(), spec.chain(), type, second);
                    requireSame(present.name() + " " + spec, expected, actual);
                }
            }
        }
    }

    private static void requireSame(String what, List<Numbers> expected, List<Numbers> actual) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).output().sameBits(expected.get(i).output()))
                    .as(what)
                    .isTrue();
            assertThat(actual.get(i).hidden().sameBits(expected.get(i).hidden()))
                    .as(what)
                    .isTrue();
            assertThat(actual.get(i).gradient().sameBits(expected.get(i).gradient()))
                    .as(what)
                    .isTrue();
        }
    }

    /** First layers of every kind, on inputs that all replicas share. */
    @Test
    void sharedInputsAreSeenAsCopiesAre() {
        Shape image = Shape.of(2, 4, 4);
        LayerSpec fork = LayerSpec.Residual.of(List.of(new LayerSpec.BatchNorm()), List.of());
        List<LayerSpec> first = List.of(
                fork,
                new LayerSpec.Relu(),
                new LayerSpec.BatchNorm(),
                new LayerSpec.MaxPool(2),
                new LayerSpec.AvgPool(3));
        for (EngineSource.Present present : SOURCE.engines()) {
            for (LayerSpec layer : first) {
                ChainSpec spec = ChainSpec.of(image, layer, new LayerSpec.Flatten(), new LayerSpec.Dense(3));
                HostTensor[] seen = new HostTensor[2];
                for (int shared = 0; shared < 2; shared++) {
                    seen[shared] = gradient(present.engine(), spec, shared == 1);
                }
                assertThat(seen[1].sameBits(seen[0]))
                        .as(present.name() + " " + layer)
                        .isTrue();
            }
        }
    }

    private static HostTensor gradient(Engine engine, ChainSpec spec, boolean shared) {
        try (Arena arena = engine.openArena("shared")) {
            HostTensor drawn = Initializer.draw(spec, DType.F32, Streams.range(SEED, 0, REPLICAS));
            NetworkValues values =
                    NetworkValues.of(spec.layout().views(arena.upload(drawn).view()));
            LayerViews gradient =
                    spec.layout().views(arena.zeros(DType.F32, drawn.shape()).view());
            View one = drawn(arena, DType.F32, Shape.of(1, EXAMPLES, spec.inputs()))
                    .seenBy(REPLICAS);
            View x = one;
            if (!shared) {
                x = arena.zeros(DType.F32, one.shape()).view();
                engine.pointwise().copy(x, one);
            }
            Pass pass = Network.of(engine, spec).pass(arena, DType.F32, REPLICAS, EXAMPLES, PassKind.TRAINING);
            pass.forward(values, x);
            pass.backward(values, x, pass.output(), gradient);
            return gradient.flat().download();
        }
    }

    @Test
    void whatAPassWasNotMadeForIsRefused() {
        Engine engine = SOURCE.reference();
        ChainSpec spec = MlpSpec.of(3, 4, 2).chain();
        try (Arena arena = engine.openArena("refusals")) {
            Network network = Network.of(engine, spec);
            Pass pass = network.pass(arena, DType.F64, 1, 2, PassKind.INFERENCE);
            LayerViews p = network.layout()
                    .views(arena.zeros(DType.F64, Shape.of(1, network.layout().size()))
                            .view());
            View dy = arena.zeros(DType.F64, Shape.of(1, 2, 2)).view();
            assertThatIllegalStateException()
                    .isThrownBy(() -> pass.backward(NetworkValues.of(p), dy, dy, p))
                    .withMessageContaining("PassKind.withDerivatives");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pass.activation("0"))
                    .withMessageContaining("[1, 2]");
            assertThatIllegalArgumentException().isThrownBy(() -> pass.first(3));
        }
    }
}

package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.Bound;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.View;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.Network;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.ParameterLayout.Slot;
import dev.rectifier.model.ParameterMask;
import dev.rectifier.model.Pass;
import dev.rectifier.model.PassKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Some nodes of a network as a network of their own. */
class SubNetworkTest {
    private static final int IMAGES = 2;

    private final ChainSpec wide = ImageNets.of(List.of(4, 6), true);
    private final ChainSpec narrow = ImageNets.of(List.of(3, 3), true);
    private final List<int[]> kept = List.of(new int[] {1, 3}, new int[] {0, 2, 5});
    private final SubNetwork part = new SubNetwork(wide, narrow, kept);
    private final HostTensor parameters = varied(wide.layout(), "parameters");
    private final HostTensor moments = varied(wide.state(), "moments");

    /** Numbers in (0.1, 1.1) divided by 20: variances stay positive and activations of order 1. */
    private static HostTensor varied(ParameterLayout layout, String name) {
        Streams stream = Streams.single(SeedTree.root(3).child(name));
        HostTensor drawn = Initializer.draw(ImageNets.of(List.of(4, 6), true), DType.F64, stream);
        HostTensor values = HostTensor.zeros(DType.F64, Shape.of(1, layout.size()));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, name.equals("moments") ? 0.1 + Math.abs(drawn.get(i)) : drawn.get(i) + 0.01);
        }
        return values;
    }

    @Test
    void itsOutputsAreThoseOfTheWideNetworkWithTheOtherChannelsSilenced() {
        HostTensor cut = HostTensor.zeros(DType.F64, Shape.of(1, narrow.layout().size()));
        HostTensor cutMoments =
                HostTensor.zeros(DType.F64, Shape.of(1, narrow.state().size()));
        part.parameters(parameters, 0, cut, 0);
        part.moments(moments, 0, cutMoments, 0);
        double[] expected = outputs(wide, silenced(), moments);
        double[] found = outputs(narrow, cut, cutMoments);
        assertThat(expected).hasSameSizeAs(found);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(bound()));
        }
        assertThat(outputs(wide, parameters, moments)[0]).isNotCloseTo(expected[0], within(1e-3));
    }

    /** Sums of 27, 54 and 3 x 784 products of numbers below 10, in other orders; each layer passes errors on below tenfold. */
    private static double bound() {
        return 1_000 * Bound.gamma(DType.F64, 3 * 784 + 54 + 27);
    }

    /** Scale and shift of all other channels 0: what they put out is 0. */
    private HostTensor silenced() {
        HostTensor values =
                HostTensor.of(parameters.shape(), parameters.doubles().clone());
        for (int l = 0; l < kept.size(); l++) {
            for (String name : List.of("norm" + l + ".weight", "norm" + l + ".bias")) {
                Slot slot = wide.layout().slot(name);
                int[] stay = kept.get(l);
                IntStream.range(0, (int) slot.size())
                        .filter(c -> Arrays.stream(stay).noneMatch(node -> node == c))
                        .forEach(c -> values.set((int) slot.offset() + c, 0));
            }
        }
        return values;
    }

    private static double[] outputs(ChainSpec spec, HostTensor values, HostTensor state) {
        try (Engine engine = Engines.open("cpu", EngineOptions.defaults()).engine();
                Arena arena = engine.openArena("test")) {
            Network network = Network.of(engine, spec);
            Pass pass = network.pass(arena, DType.F64, 1, IMAGES, PassKind.INFERENCE);
            HostTensor images = HostTensor.zeros(DType.F64, Shape.of(1, IMAGES, spec.inputs()));
            for (int i = 0; i < images.length(); i++) {
                images.set(i, Math.sin(i));
            }
            View x = arena.upload(images).view();
            pass.forward(
                    new NetworkValues(
                            network.layout().views(arena.upload(values).view()),
                            Optional.of(spec.state().views(arena.upload(state).view()))),
                    x);
            return pass.output().download().doubles();
        }
    }

    @Test
    void whatHasNoCounterpartDoesNotMove() {
        ParameterMask mask = part.mask();
        Slot scale = narrow.layout().slot("norm0.weight");
        assertThat(moving(mask, scale)).containsExactly(0, 1);
        Slot weight = narrow.layout().slot("conv1.weight"); // [3, 3, 3, 3]: the last input channel is empty
        assertThat(moving(mask, weight)).hasSize(3 * 2 * 9);
        assertThat(Arrays.stream(moving(mask, weight))).noneMatch(i -> i / 9 % 3 == 2);
        Slot head = narrow.layout().slot("head.weight");
        assertThat(moving(mask, head)).hasSize((int) head.size());
    }

    private static int[] moving(ParameterMask mask, Slot slot) {
        return IntStream.range(0, (int) slot.size())
                .filter(i -> mask.moves(slot.offset() + i))
                .toArray();
    }
}

package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.model.Chain;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.DoubleDescentNets;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.LeNets;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.Pass;
import dev.rectifier.model.PassKind;
import dev.rectifier.model.PlainConvNets;
import dev.rectifier.model.StateDict;
import dev.rectifier.model.Vggs;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checkpoints as safetensors files between this program and libtorch: tensors by the names and shapes that libtorch's own modules
 * give them, and the same outputs in evaluation, to the rounding of the longest sum a pass could have on either side.
 */
class ForeignCheckpointTest extends OnEveryEngine {
    private static final int EXAMPLES = 3;
    private static final double UNIT = 0x1p-53;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        Torch.assumePresent();
    }

    /** A network by the name it is known by. */
    private record Model(String name, ChainSpec spec) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Model> models() {
        Shape image = PlainConvNets.colours(32);
        return Stream.of(
                new Model("LeNet-5", LeNets.five()),
                new Model("ResNet-18", DoubleDescentNets.resNet18(4, image, 10)),
                new Model("five layers", DoubleDescentNets.fiveLayerCnn(4, image, 10)),
                new Model("VGG-11-BN", Vggs.withBatchNorm(11, 4, image, 10)));
    }

    private static HostTensor inputs(ChainSpec spec) {
        SplittableRandom random = new SplittableRandom(5);
        HostTensor x =
                HostTensor.zeros(DType.F64, spec.input().prepend(EXAMPLES).prepend(1));
        for (int i = 0; i < x.length(); i++) {
            x.set(i, random.nextDouble(-1, 1));
        }
        return x;
    }

    private static double[] outputs(ChainSpec spec, StateDict.Flat flat, HostTensor x) {
        Engine engine = SOURCE.reference();
        try (Arena arena = engine.openArena("checkpoint")) {
            Pass pass = new Chain(engine, spec).pass(arena, DType.F64, 1, EXAMPLES, PassKind.INFERENCE);
            NetworkValues at = new NetworkValues(
                    spec.layout().views(arena.upload(flat.parameters()).view()),
                    Optional.of(spec.state().views(arena.upload(flat.state()).view())));
            pass.forward(at, arena.upload(x).view());
            return pass.output().download().toDoubles();
        }
    }

    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    private static double[] ofTorch(TorchModules modules, HostTensor x) {
        try (PointerScope scope = new PointerScope()) {
            return Torch.values(
                    modules.evaluate(Torch.tensor(x.toDoubles(), x.shape().tail()))
                            .detach());
        }
    }

    private static void requireClose(ChainSpec spec, double[] found, double[] expected) {
        double terms = spec.layout().size()
                + (double) EXAMPLES * spec.inputs() * spec.layers().size();
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(Math.abs(found[i] - expected[i]))
                    .as("output %d: %s and %s", i, found[i], expected[i])
                    .isLessThanOrEqualTo(2 * terms * UNIT * largest);
        }
    }

    /** Moments that are not those of a fresh network. */
    private static HostTensor moments(ChainSpec spec) {
        HostTensor state = Initializer.state(spec, 1);
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < state.length(); i++) {
            state.set(i, state.get(i) + random.nextDouble(-0.4, 0.4));
        }
        return state;
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsWrittenHereLoadsInLibtorch(Model model) {
        ChainSpec spec = model.spec();
        HostTensor parameters = Initializer.draw(spec, DType.F64, Streams.range(SeedTree.root(7), 0, 1));
        StateDict.Flat ours = new StateDict.Flat(parameters, moments(spec));
        Path file = folder.resolve("ours.safetensors");
        Map<String, HostTensor> named = StateDict.of(spec).named(parameters, Optional.of(ours.state()), 0);
        SafeTensors.write(file, new SafeTensors.Contents(named, Map.of()));
        TorchModules modules = new TorchModules(spec);
        Map<String, HostTensor> read = SafeTensors.read(file).tensors();
        modules.load(read);
        TreeSet<String> theirs = new TreeSet<>(modules.stateDict().keySet());
        theirs.removeIf(name -> name.endsWith("num_batches_tracked"));
        assertThat(new TreeSet<>(read.keySet())).isEqualTo(theirs);
        HostTensor x = inputs(spec);
        requireClose(spec, ofTorch(modules, x), outputs(spec, ours, x));
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatLibtorchHoldsLoadsHere(Model model) {
        ChainSpec spec = model.spec();
        TorchModules modules = new TorchModules(spec);
        HostTensor x = inputs(spec);
        modules.look(Torch.tensor(x.toDoubles(), x.shape().tail()));
        Path file = folder.resolve("theirs.safetensors");
        SafeTensors.write(file, new SafeTensors.Contents(modules.stateDict(), Map.of("format", "pt")));
        StateDict.Flat flat = StateDict.of(spec).flat(SafeTensors.read(file).tensors(), DType.F64);
        requireClose(spec, outputs(spec, flat, x), ofTorch(modules, x));
    }
}

package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.Bound;
import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.ConvOps.Window;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Closeness;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A convolution with bias and its three gradients on every engine, against libtorch's conv2d and its autograd, in fp64. */
class TorchConvTest extends OnEveryEngine {
    private static final double[] NONE = {};
    private static final List<Sizes> SIZES = List.of(
            new Sizes(Shape.of(1, 3, 4, 9, 7), Shape.of(1, 5, 4, 3, 3), new Window(1, 1)),
            new Sizes(Shape.of(1, 2, 6, 8, 8), Shape.of(1, 7, 6, 3, 3), new Window(2, 1)),
            new Sizes(Shape.of(1, 2, 6, 7, 8), Shape.of(1, 4, 6, 1, 1), new Window(2, 0)),
            new Sizes(Shape.of(1, 1, 2, 11, 6), Shape.of(1, 3, 2, 5, 2), new Window(3, 2)));

    @BeforeAll
    static void open() {
        Torch.assumePresent();
    }

    /** Images, kernels, windows. */
    private record Sizes(Shape images, Shape kernels, Window g) {
        Shape outputs() {
            return Shape.of(
                    1,
                    images.dim(1),
                    kernels.dim(1),
                    g.windows(images.dim(3), kernels.dim(3)),
                    g.windows(images.dim(4), kernels.dim(4)));
        }

        Shape biases() {
            return Shape.of(1, kernels.dim(1));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void agreesWithLibtorch(EngineSource.Present on) {
        for (Sizes s : SIZES) {
            double[] x = random(s.images, 1);
            double[] w = random(s.kernels, 2);
            double[] b = random(s.biases(), 3);
            double[] dy = random(s.outputs(), 4);
            Map<String, double[]> theirs = torch(s, x, w, b, dy);
            // The same sums of absolute values: what each sum's rounding is a part of.
            Map<String, double[]> magnitudes = torch(s, abs(x), abs(w), abs(b), abs(dy));
            Map<String, double[]> ours =
                    ours(on, s, List.of(tensor(s.images, x), tensor(s.kernels, w), tensor(s.biases(), b)), dy);
            long terms = s.kernels.size() + s.outputs().size() + 1; // no sum here is longer
            ours.forEach((name, values) -> requireClose(
                    name, values, theirs.getOrDefault(name, NONE), magnitudes.getOrDefault(name, NONE), terms));
        }
    }

    private static void requireClose(String what, double[] ours, double[] theirs, double[] magnitudes, long terms) {
        double[] bounds = Arrays.stream(magnitudes)
                .map(m -> 2 * Bound.gamma(DType.F64, terms) * m)
                .toArray();
        HostTensor actual = HostTensor.zeros(DType.F64, Shape.of(ours.length));
        System.arraycopy(ours, 0, actual.doubles(), 0, ours.length);
        Closeness closeness = Closeness.of(actual, theirs, bounds);
        assertThat(closeness.within()).as(what + ": " + closeness).isTrue();
    }

    private static double[] random(Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.doubles(shape.size(), -1, 1).toArray();
    }

    private static double[] abs(double[] values) {
        return Arrays.stream(values).map(Math::abs).toArray();
    }

    private static HostTensor tensor(Shape shape, double[] values) {
        HostTensor tensor = HostTensor.zeros(DType.F64, shape);
        System.arraycopy(values, 0, tensor.doubles(), 0, values.length);
        return tensor;
    }

    /** y, dx, dw, db. */
    private static Map<String, double[]> ours(EngineSource.Present on, Sizes s, List<HostTensor> inputs, double[] dy) {
        ConvOps conv = on.engine().conv();
        try (Arena arena = on.engine().openArena("libtorch")) {
            List<View> in = inputs.stream().map(t -> arena.upload(t).view()).toList();
            View signal = arena.upload(tensor(s.outputs(), dy)).view();
            View y = arena.allocate(DType.F64, s.outputs()).view();
            View dx = arena.allocate(DType.F64, s.images).view();
            View dw = arena.allocate(DType.F64, s.kernels).view();
            View db = arena.allocate(DType.F64, s.biases()).view();
            conv.forward(y, in.get(0), in.get(1), in.get(2), s.g);
            conv.inputGradient(dx, signal, in.get(1), s.g);
            conv.weightGradient(dw, signal, in.get(0), s.g);
            conv.biasGradient(db, signal);
            return Map.of("y", values(y), "dx", values(dx), "dw", values(dw), "db", values(db));
        }
    }

    private static double[] values(View view) {
        return view.download().doubles();
    }

    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    private static Map<String, double[]> torch(Sizes s, double[] x, double[] w, double[] b, double[] dy) {
        try (PointerScope scope = new PointerScope()) {
            Tensor images = leaf(x, s.images.tail());
            Tensor kernels = leaf(w, s.kernels.tail());
            Tensor bias = leaf(b, s.biases().tail());
            long[] stride = {s.g.stride(), s.g.stride()};
            long[] padding = {s.g.padding(), s.g.padding()};
            Tensor y = torch.conv2d(images, kernels, new TensorOptional(bias), stride, padding, new long[] {1, 1}, 1);
            y.mul(Torch.tensor(dy, s.outputs().tail())).sum().backward();
            return Map.of(
                    "y",
                    Torch.values(y.detach()),
                    "dx",
                    Torch.values(images.grad()),
                    "dw",
                    Torch.values(kernels.grad()),
                    "db",
                    Torch.values(bias.grad()));
        }
    }

    private static Tensor leaf(double[] values, Shape shape) {
        return Torch.tensor(values, shape).set_requires_grad(true);
    }
}

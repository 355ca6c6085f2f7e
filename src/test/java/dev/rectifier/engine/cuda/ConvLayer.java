package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.ConvOps.Window;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.OtherLibrary;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** One convolution of 3 x 3 taps and its gradients on an engine: operands from a seed, outputs of joined operations and of parts. */
final class ConvLayer {
    private static final int SIDE = 3;

    /**
     * Shapes and values.
     *
     * @param isWhole small whole numbers, of which every order of summation gives the same sums; else fractions
     */
    record Case(
            DType type,
            int replicas,
            int n,
            int c,
            int k,
            int height,
            int width,
            int stride,
            int padding,
            boolean isWhole) {
        /** Planes of {@code plane} x {@code plane}. */
        Case(DType type, int replicas, int n, int c, int k, int plane, int stride, int padding, boolean isWhole) {
            this(type, replicas, n, c, k, plane, plane, stride, padding, isWhole);
        }

        Case whole() {
            return new Case(type, replicas, n, c, k, height, width, stride, padding, true);
        }

        Window window() {
            return new Window(stride, padding);
        }
    }

    private final Engine engine;
    private final Case one;
    private final Window g;
    private final View x;
    private final View w;
    private final View b;
    private final View dy;
    private final View y;
    private final View mask;
    private final View inputMask;
    private final View dx;
    private final View dw;

    /** x is shared by the replicas; w and b begin one element behind the start of their buffers, with a gap between replicas. */
    ConvLayer(Engine engine, Arena arena, Case one) {
        this.engine = engine;
        this.one = one;
        this.g = one.window();
        Shape images = Shape.of(one.replicas, one.n, one.c, one.height, one.width);
        Shape outputs = Shape.of(one.replicas, one.n, one.k, g.windows(one.height, SIDE), g.windows(one.width, SIDE));
        View shared = in(arena, 1, images.tail().prepend(1));
        this.x = new View(shared.buffer(), 0, 0, images);
        this.w = behind(arena, 2, Shape.of(one.replicas, one.k, one.c, SIDE, SIDE));
        this.b = behind(arena, 3, Shape.of(one.replicas, one.k));
        this.dy = in(arena, 4, outputs);
        this.y = out(arena, outputs);
        this.mask = zeros(arena, outputs);
        this.inputMask = zeros(arena, images);
        this.dx = out(arena, images);
        this.dw = out(arena, w.shape());
        engine.pointwise().relu(dx, inputMask, in(arena, 5, images));
    }

    private View out(Arena arena, Shape shape) {
        return arena.allocate(one.type, shape).view();
    }

    private static View zeros(Arena arena, Shape shape) {
        long words = PointwiseOps.maskWords(shape.tail().size());
        return arena.zeros(DType.I32, Shape.of(shape.dim(0), words)).view();
    }

    private View behind(Arena arena, long seed, Shape shape) {
        long stride = shape.tail().size() + 1;
        return new View(in(arena, seed, Shape.of(1, shape.dim(0) * stride + 1)).buffer(), 1, stride, shape);
    }

    private View in(Arena arena, long seed, Shape shape) {
        HostTensor values = HostTensor.zeros(one.type, shape);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, one.isWhole ? random.nextInt(-4, 5) : random.nextDouble(-1, 1));
        }
        return arena.upload(values).view();
    }

    private static List<HostTensor> downloaded(View... views) {
        return Stream.of(views).map(View::download).toList();
    }

    void forward() {
        engine.conv().forward(y, x, w, g);
    }

    /** All operations that join something. */
    void step() {
        engine.conv().forwardRelu(y, mask, x, w, b, g);
        engine.conv().inputGradientRelu(dx, dy, w, inputMask, g);
        engine.conv().weightGradient(dw, dy, x, g);
    }

    List<HostTensor> outcome() {
        return downloaded(y, mask, dx, dw);
    }

    List<HostTensor> joined() {
        step();
        return outcome();
    }

    /** The same, one after the other. */
    List<HostTensor> parts() {
        engine.conv().forward(y, x, w, b, g);
        engine.pointwise().relu(y, mask, y);
        engine.conv().inputGradient(dx, dy, w, g);
        engine.pointwise().reluBackward(dx, dx, inputMask);
        engine.conv().weightGradient(dw, dy, x, g);
        return outcome();
    }

    /** The convolution and its gradients alone. */
    List<HostTensor> linear() {
        engine.conv().forward(y, x, w, g);
        engine.conv().inputGradient(dx, dy, w, g);
        engine.conv().weightGradient(dw, dy, x, g);
        return downloaded(y, dx, dw);
    }

    /** The same by another library. */
    List<HostTensor> linear(OtherLibrary.Session library) {
        library.convolution(y, x, w, g);
        library.convolutionInputGradient(dx, dy, w, g);
        library.convolutionWeightGradient(dw, dy, x, g);
        return downloaded(y, dx, dw);
    }
}

package dev.rectifier.conformance;

import dev.rectifier.conformance.ConvOracle.Extent;
import dev.rectifier.engine.ConvOps.Window;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@link dev.rectifier.engine.ConvOps}: sums of products in the element type. */
final class ConvContract implements Contract {
    private static final int[] REPLICAS = {3, 1, 64};

    /** Every way a convolution is cut or laid out, once. */
    private static final List<ConvOracle> CORNERS = List.of(
            sizes(2, 3, 4, 5, 7, 3, 3, 1, 1),
            sizes(1, 1, 1, 3, 3, 3, 3, 1, 0), // one window
            sizes(3, 2, 5, 4, 6, 1, 1, 1, 0), // the planes themselves
            sizes(2, 4, 3, 5, 5, 1, 1, 2, 0), // a projection shortcut
            sizes(2, 3, 2, 8, 6, 3, 3, 2, 1), // the last column is not reached
            sizes(1, 2, 3, 9, 5, 2, 2, 3, 0), // pixels between windows
            sizes(2, 1, 3, 6, 7, 5, 5, 1, 2),
            sizes(1, 2, 2, 7, 4, 5, 3, 3, 2), // a kernel that is not square
            sizes(1, 2, 2, 2, 2, 3, 3, 1, 2), // wider padding than the plane
            sizes(2, 8, 33, 8, 4, 3, 3, 1, 1), // words of the mask, more than one tile of channels
            sizes(9, 3, 8, 8, 8, 3, 3, 1, 0), // some images at once, and a rest
            sizes(1, 2, 3, 26, 23, 3, 2, 1, 1)); // some rows of a plane at once

    /** Too slow for every day: many channels, many kernels, many images. */
    private static final List<ConvOracle> LARGE = List.of(
            sizes(2, 70, 9, 5, 5, 3, 3, 1, 1),
            sizes(1, 30, 4, 6, 6, 5, 5, 2, 2),
            sizes(2, 20, 300, 3, 3, 1, 1, 1, 0),
            sizes(2, 40, 70, 10, 9, 3, 3, 2, 1),
            sizes(40, 5, 6, 8, 8, 3, 3, 1, 1),
            sizes(3, 3, 64, 32, 32, 3, 3, 1, 1),
            sizes(1, 64, 3, 33, 31, 3, 3, 3, 2));

    private static ConvOracle sizes(int n, int c, int k, int... rest) {
        return new ConvOracle(
                n, c, k, new Extent(rest[0], rest[1]), new Extent(rest[2], rest[3]), new Window(rest[4], rest[5]));
    }

    @Override
    public Stream<Trial> trials() {
        Stream<Trial> corners = IntStream.range(0, CORNERS.size()).boxed().flatMap(i -> {
            ConvOracle sizes = CORNERS.get(i);
            boolean small = (long) sizes.n()
                            * sizes.k()
                            * sizes.c()
                            * sizes.out().size()
                            * sizes.kernel().size()
                    < 4000;
            int replicas = small ? REPLICAS[i % 3] : REPLICAS[i % 2];
            return operations(scene(i, i % 2 == 0 ? DType.F32 : DType.F64, replicas), sizes);
        });
        Stream<Trial> regimes = Scene.small()
                .filter(s -> s.type() == DType.F64 || s.layouts() == 1)
                .flatMap(s -> operations(s, sizes(2, 2, 3, 4, 5, 3, 3, 2, 1)));
        return Stream.concat(corners, regimes);
    }

    /** Every size of kernel, stride and padding with 1, 3 and 64 replicas in both types, and the large ones. */
    static Stream<Trial> sweep() {
        Stream<Trial> odd = Stream.of(1, 2, 3, 5)
                .flatMap(kernel -> IntStream.rangeClosed(1, 3)
                        .boxed()
                        .flatMap(stride -> IntStream.rangeClosed(0, 2)
                                .boxed()
                                .flatMap(padding -> points(kernel, stride, padding))));
        Stream<Trial> large = LARGE.stream()
                .flatMap(s -> Stream.of(DType.F32, DType.F64)
                        .flatMap(type -> operations(scene(LARGE.indexOf(s) + 100, type, 1), s)));
        return Stream.concat(odd, large);
    }

    private static Stream<Trial> points(int kernel, int stride, int padding) {
        int index = (kernel * 3 + stride) * 3 + padding;
        ConvOracle sizes = sizes(2, 2, 3, 5 + index % 4, 5 + index % 3, kernel, kernel, stride, padding);
        return Stream.of(DType.F32, DType.F64)
                .flatMap(type -> IntStream.of(REPLICAS)
                        .boxed()
                        .flatMap(replicas -> operations(scene(index + replicas, type, replicas), sizes)));
    }

    private static Scene scene(int index, DType type, int replicas) {
        Regime regime = Cover.Point.rotate(Regime.values(), index);
        return new Scene(type, replicas, regime, index / 2, new SplittableRandom(77 + index));
    }

    private static Stream<Trial> operations(Scene scene, ConvOracle sizes) {
        return Stream.of(
                forward(scene, sizes),
                forwardWithBias(scene, sizes),
                forwardRelu(scene, sizes),
                forwardReluWithBias(scene, sizes),
                inputGradient(scene, sizes),
                inputGradientRelu(scene, sizes),
                weightGradient(scene, sizes),
                biasGradient(scene, sizes));
    }

    private static String name(String operation, Scene scene, ConvOracle s) {
        return "conv." + operation + " " + s + " " + scene;
    }

    private static Operand images(Scene scene, String name, int position, ConvOracle s) {
        return scene.in(
                name, position, s.n(), s.c(), s.plane().height(), s.plane().width());
    }

    private static Operand weights(Scene scene, String name, int position, ConvOracle s) {
        return scene.in(
                name, position, s.k(), s.c(), s.kernel().height(), s.kernel().width());
    }

    private static Operand outputs(Scene scene, int position, ConvOracle s) {
        return scene.out("y", position, s.n(), s.k(), s.out().height(), s.out().width());
    }

    private static Operand signal(Scene scene, int position, ConvOracle s) {
        return scene.in("dy", position, s.n(), s.k(), s.out().height(), s.out().width());
    }

    private static Operand imageGradients(Scene scene, String name, int position, ConvOracle s) {
        return scene.out(
                name, position, s.n(), s.c(), s.plane().height(), s.plane().width());
    }

    private static Operand mask(Scene scene, int position, ConvOracle s) {
        int words = Math.toIntExact(
                PointwiseOps.maskWords((long) s.n() * s.k() * s.out().size()));
        return scene.out("mask", DType.I32, position, words);
    }

    private static Trial forward(Scene scene, ConvOracle s) {
        return new Trial(
                name("forward", scene, s),
                List.of(outputs(scene, 0, s), images(scene, "x", 1, s), weights(scene, "w", 2, s)),
                (e, v) -> e.conv().forward(v.get(0), v.get(1), v.get(2), s.g()),
                in -> List.of(s.forward(in.get(1), in.get(2), new double[0])));
    }

    private static Trial forwardWithBias(Scene scene, ConvOracle s) {
        return new Trial(
                name("forwardBias", scene, s),
                List.of(
                        outputs(scene, 1, s),
                        images(scene, "x", 2, s),
                        weights(scene, "w", 0, s),
                        scene.in("b", 1, s.k())),
                (e, v) -> e.conv().forward(v.get(0), v.get(1), v.get(2), v.get(3), s.g()),
                in -> List.of(s.forward(in.get(1), in.get(2), in.get(3).toDoubles())));
    }

    private static Trial forwardRelu(Scene scene, ConvOracle s) {
        return new Trial(
                name("forwardRelu", scene, s),
                List.of(outputs(scene, 2, s), mask(scene, 1, s), images(scene, "x", 0, s), weights(scene, "w", 1, s)),
                (e, v) -> e.conv().forwardRelu(v.get(0), v.get(1), v.get(2), v.get(3), s.g()),
                in -> rectified(s.forward(in.get(2), in.get(3), new double[0])));
    }

    private static Trial forwardReluWithBias(Scene scene, ConvOracle s) {
        return new Trial(
                name("forwardReluBias", scene, s),
                List.of(
                        outputs(scene, 0, s),
                        mask(scene, 2, s),
                        images(scene, "x", 1, s),
                        weights(scene, "w", 2, s),
                        scene.in("b", 0, s.k())),
                (e, v) -> e.conv().forwardRelu(v.get(0), v.get(1), v.get(2), v.get(3), v.get(4), s.g()),
                in -> rectified(s.forward(in.get(2), in.get(3), in.get(4).toDoubles())));
    }

    private static List<Expected> rectified(Expected z) {
        return List.of(DenseOracle.rectified(z), DenseOracle.gates(z));
    }

    private static Trial inputGradient(Scene scene, ConvOracle s) {
        return new Trial(
                name("inputGradient", scene, s),
                List.of(imageGradients(scene, "dx", 2, s), signal(scene, 0, s), weights(scene, "w", 1, s)),
                (e, v) -> e.conv().inputGradient(v.get(0), v.get(1), v.get(2), s.g()),
                in -> List.of(s.inputGradient(in.get(1), in.get(2))));
    }

    private static Trial inputGradientRelu(Scene scene, ConvOracle s) {
        return new Trial(
                name("inputGradientRelu", scene, s),
                List.of(
                        imageGradients(scene, "dz", 1, s),
                        signal(scene, 2, s),
                        weights(scene, "w", 0, s),
                        PointwiseContract.mask(
                                scene, 1, s.n(), s.c() * s.plane().size())),
                (e, v) -> e.conv().inputGradientRelu(v.get(0), v.get(1), v.get(2), v.get(3), s.g()),
                in -> List.of(DenseOracle.gated(s.inputGradient(in.get(1), in.get(2)), in.get(3))));
    }

    private static Trial weightGradient(Scene scene, ConvOracle s) {
        return new Trial(
                name("weightGradient", scene, s),
                List.of(
                        scene.out(
                                "dw",
                                0,
                                s.k(),
                                s.c(),
                                s.kernel().height(),
                                s.kernel().width()),
                        signal(scene, 1, s),
                        images(scene, "x", 2, s)),
                (e, v) -> e.conv().weightGradient(v.get(0), v.get(1), v.get(2), s.g()),
                in -> List.of(s.weightGradient(in.get(1), in.get(2))));
    }

    private static Trial biasGradient(Scene scene, ConvOracle s) {
        return new Trial(
                name("biasGradient", scene, s),
                List.of(scene.out("db", 2, s.k()), signal(scene, 0, s)),
                (e, v) -> e.conv().biasGradient(v.get(0), v.get(1)),
                in -> List.of(s.biasGradient(in.get(1))));
    }
}

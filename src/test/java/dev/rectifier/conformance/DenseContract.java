package dev.rectifier.conformance;

import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.stream.Stream;

/** {@link dev.rectifier.engine.DenseOps}: sums of products in the element type, depth = number of terms. */
final class DenseContract implements Contract {
    private final MathMode mode;

    DenseContract() {
        this(MathMode.IEEE);
    }

    /** Of an engine whose fp32 products are in {@code mode}. */
    DenseContract(MathMode mode) {
        this.mode = mode;
    }

    @Override
    public Stream<Trial> trials() {
        Stream<Trial> shapes = Cover.triples().stream()
                .flatMap(p -> Stream.of(DType.F32, DType.F64)
                        .flatMap(t -> operations(Scene.of(p, t), new DenseOracle(p.a(), p.b(), p.c(), mode))));
        return Stream.concat(shapes, Scene.small().flatMap(s -> operations(s, new DenseOracle(33, 7, 5, mode))));
    }

    private static Stream<Trial> operations(Scene scene, DenseOracle sizes) {
        return Stream.of(
                forward(scene, sizes),
                forwardWithBias(scene, sizes),
                forwardRelu(scene, sizes),
                forwardReluWithBias(scene, sizes),
                inputGradient(scene, sizes),
                inputGradientRelu(scene, sizes),
                weightGradient(scene, sizes),
                biasGradient(scene, sizes),
                weightAndBiasGradient(scene, sizes));
    }

    private static String name(String operation, Scene scene, DenseOracle s) {
        return "dense." + operation + " N=" + s.n() + " D=" + s.d() + " K=" + s.k() + " " + scene;
    }

    private static Trial forward(Scene scene, DenseOracle s) {
        return new Trial(
                name("forward", scene, s),
                List.of(
                        scene.out("y", 0, s.n(), s.k()),
                        scene.in("x", 1, s.n(), s.d()),
                        scene.in("w", 2, s.k(), s.d())),
                (e, v) -> e.dense().forward(v.get(0), v.get(1), v.get(2)),
                in -> List.of(s.forward(in.get(1), in.get(2), new double[0])));
    }

    private static Trial forwardWithBias(Scene scene, DenseOracle s) {
        return new Trial(
                name("forwardBias", scene, s),
                List.of(
                        scene.out("y", 1, s.n(), s.k()),
                        scene.in("x", 2, s.n(), s.d()),
                        scene.in("w", 0, s.k(), s.d()),
                        scene.in("b", 1, s.k())),
                (e, v) -> e.dense().forward(v.get(0), v.get(1), v.get(2), v.get(3)),
                in -> List.of(s.forward(in.get(1), in.get(2), in.get(3).toDoubles())));
    }

    private static Trial forwardRelu(Scene scene, DenseOracle s) {
        return new Trial(
                name("forwardRelu", scene, s),
                List.of(
                        scene.out("y", 2, s.n(), s.k()),
                        scene.out("mask", DType.I32, 1, words(s.n(), s.k())),
                        scene.in("x", 0, s.n(), s.d()),
                        scene.in("w", 1, s.k(), s.d())),
                (e, v) -> e.dense().forwardRelu(v.get(0), v.get(1), v.get(2), v.get(3)),
                in -> {
                    Expected z = s.forward(in.get(2), in.get(3), new double[0]);
                    return List.of(DenseOracle.rectified(z), DenseOracle.gates(z));
                });
    }

    private static Trial forwardReluWithBias(Scene scene, DenseOracle s) {
        return new Trial(
                name("forwardReluBias", scene, s),
                List.of(
                        scene.out("y", 0, s.n(), s.k()),
                        scene.out("mask", DType.I32, 2, words(s.n(), s.k())),
                        scene.in("x", 1, s.n(), s.d()),
                        scene.in("w", 2, s.k(), s.d()),
                        scene.in("b", 0, s.k())),
                (e, v) -> e.dense().forwardRelu(v.get(0), v.get(1), v.get(2), v.get(3), v.get(4)),
                in -> {
                    Expected z = s.forward(in.get(2), in.get(3), in.get(4).toDoubles());
                    return List.of(DenseOracle.rectified(z), DenseOracle.gates(z));
                });
    }

    private static int words(int rows, int columns) {
        return Math.toIntExact(PointwiseOps.maskWords((long) rows * columns));
    }

    private static Trial inputGradientRelu(Scene scene, DenseOracle s) {
        return new Trial(
                name("inputGradientRelu", scene, s),
                List.of(
                        scene.out("dz", 1, s.n(), s.d()),
                        scene.in("dy", 2, s.n(), s.k()),
                        scene.in("w", 0, s.k(), s.d()),
                        PointwiseContract.mask(scene, 1, s.n(), s.d())),
                (e, v) -> e.dense().inputGradientRelu(v.get(0), v.get(1), v.get(2), v.get(3)),
                in -> List.of(DenseOracle.gated(s.inputGradient(in.get(1), in.get(2)), in.get(3))));
    }

    private static Trial weightAndBiasGradient(Scene scene, DenseOracle s) {
        return new Trial(
                name("weightAndBiasGradient", scene, s),
                List.of(
                        scene.out("dw", 1, s.k(), s.d()),
                        scene.out("db", 0, s.k()),
                        scene.in("dy", 2, s.n(), s.k()),
                        scene.in("x", 1, s.n(), s.d())),
                (e, v) -> e.dense().weightAndBiasGradient(v.get(0), v.get(1), v.get(2), v.get(3)),
                in -> List.of(s.weightGradient(in.get(2), in.get(3)), s.biasGradient(in.get(2))));
    }

    private static Trial inputGradient(Scene scene, DenseOracle s) {
        return new Trial(
                name("inputGradient", scene, s),
                List.of(
                        scene.out("dx", 2, s.n(), s.d()),
                        scene.in("dy", 0, s.n(), s.k()),
                        scene.in("w", 1, s.k(), s.d())),
                (e, v) -> e.dense().inputGradient(v.get(0), v.get(1), v.get(2)),
                in -> List.of(s.inputGradient(in.get(1), in.get(2))));
    }

    private static Trial weightGradient(Scene scene, DenseOracle s) {
        return new Trial(
                name("weightGradient", scene, s),
                List.of(
                        scene.out("dw", 0, s.k(), s.d()),
                        scene.in("dy", 1, s.n(), s.k()),
                        scene.in("x", 2, s.n(), s.d())),
                (e, v) -> e.dense().weightGradient(v.get(0), v.get(1), v.get(2)),
                in -> List.of(s.weightGradient(in.get(1), in.get(2))));
    }

    private static Trial biasGradient(Scene scene, DenseOracle s) {
        return new Trial(
                name("biasGradient", scene, s),
                List.of(scene.out("db", 2, s.k()), scene.in("dy", 0, s.n(), s.k())),
                (e, v) -> e.dense().biasGradient(v.get(0), v.get(1)),
                in -> List.of(s.biasGradient(in.get(1))));
    }
}

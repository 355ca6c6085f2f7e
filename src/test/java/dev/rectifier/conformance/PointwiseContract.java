package dev.rectifier.conformance;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import java.util.stream.Stream;

/** {@link PointwiseOps}: everything is exact, or one rounding of an exact result, which is exact too. */
final class PointwiseContract implements Contract {
    /** Exact in fp32, so that it does not matter where an engine rounds it. */
    private static final double FACTOR = -1.6875;

    @Override
    public Stream<Trial> trials() {
        Stream<Trial> shapes = Cover.pairs().stream().flatMap(p -> operations(Scene.of(p), p.a(), p.b()));
        return Stream.concat(shapes, Scene.small().flatMap(s -> operations(s, 11, 5)));
    }

    private static Stream<Trial> operations(Scene scene, int n, int w) {
        return Stream.of(
                relu(scene, n, w),
                reluInPlace(scene, n, w),
                reluBackward(scene, n, w),
                reluBackwardInPlace(scene, n, w),
                gate(scene, n, w),
                gateInPlace(scene, n, w),
                activeCounts(scene, n, w),
                fill(scene, n, w),
                scale(scene, n, w),
                axpy(scene, n, w),
                copy(scene, n, w),
                copyIntegers(scene, DType.I32, n, w),
                copyIntegers(scene, DType.I64, n, w),
                gather(scene, n, w),
                transpose(scene, n, w));
    }

    private static String name(String operation, Scene scene, int n, int w) {
        return "pointwise." + operation + " N=" + n + " W=" + w + " " + scene;
    }

    private static int words(int n, int w) {
        return Math.toIntExact(PointwiseOps.maskWords((long) n * w));
    }

    private static Trial relu(Scene scene, int n, int w) {
        return new Trial(
                name("relu", scene, n, w),
                List.of(scene.out("y", 0, n, w), scene.out("mask", DType.I32, 1, words(n, w)), scene.in("z", 2, n, w)),
                (e, v) -> e.pointwise().relu(v.get(0), v.get(1), v.get(2)),
                in -> List.of(PointwiseOracle.relu(in.get(2)), PointwiseOracle.mask(in.get(2))));
    }

    private static Trial reluInPlace(Scene scene, int n, int w) {
        return new Trial(
                name("reluInPlace", scene, n, w),
                List.of(scene.inout("z", 2, n, w), scene.out("mask", DType.I32, 0, words(n, w))),
                (e, v) -> e.pointwise().relu(v.get(0), v.get(1), v.get(0)),
                in -> List.of(PointwiseOracle.relu(in.get(0)), PointwiseOracle.mask(in.get(0))));
    }

    /** A mask of gates, one in two open, over [R, N, W]; never shared. */
    static Operand mask(Scene scene, int position, int n, int w) {
        Operand z = Scene.small(DType.F32, Regime.RANDOM, position).in("z", 0, n, w);
        HostTensor mask = HostTensor.zeros(DType.I32, scene.shape(words(n, w)));
        for (int r = 0; r < scene.replicas(); r++) {
            double[] bits = PointwiseOracle.mask(z.replica(r % 3)).values();
            for (int i = 0; i < bits.length; i++) {
                mask.set(r * bits.length + i, bits[i]);
            }
        }
        return Operand.in(
                "mask",
                mask,
                scene.layout(position) == Operand.Layout.SLICED ? Operand.Layout.SLICED : Operand.Layout.DENSE);
    }

    private static Trial reluBackward(Scene scene, int n, int w) {
        return new Trial(
                name("reluBackward", scene, n, w),
                List.of(scene.out("dz", 1, n, w), scene.in("dy", 2, n, w), mask(scene, 0, n, w)),
                (e, v) -> e.pointwise().reluBackward(v.get(0), v.get(1), v.get(2)),
                in -> List.of(PointwiseOracle.reluBackward(in.get(1), in.get(2))));
    }

    private static Trial reluBackwardInPlace(Scene scene, int n, int w) {
        return new Trial(
                name("reluBackwardInPlace", scene, n, w),
                List.of(scene.inout("dy", 1, n, w), mask(scene, 2, n, w)),
                (e, v) -> e.pointwise().reluBackward(v.get(0), v.get(0), v.get(1)),
                in -> List.of(PointwiseOracle.reluBackward(in.get(0), in.get(1))));
    }

    private static Trial gate(Scene scene, int n, int w) {
        return new Trial(
                name("gate", scene, n, w),
                List.of(scene.out("y", 2, n, w), scene.in("x", 0, n, w), mask(scene, 1, n, w)),
                (e, v) -> e.pointwise().gate(v.get(0), v.get(1), v.get(2), FACTOR),
                in -> List.of(PointwiseOracle.gate(in.get(1), in.get(2), FACTOR)));
    }

    private static Trial gateInPlace(Scene scene, int n, int w) {
        return new Trial(
                name("gateInPlace", scene, n, w),
                List.of(scene.inout("x", 2, n, w), mask(scene, 1, n, w)),
                (e, v) -> e.pointwise().gate(v.get(0), v.get(0), v.get(1), FACTOR),
                in -> List.of(PointwiseOracle.gate(in.get(0), in.get(1), FACTOR)));
    }

    private static Trial activeCounts(Scene scene, int n, int w) {
        return new Trial(
                name("activeCounts", scene, n, w),
                List.of(scene.out("counts", DType.I32, 1, w), mask(scene, 0, n, w)),
                (e, v) -> e.pointwise().activeCounts(v.get(0), v.get(1), n),
                in -> List.of(PointwiseOracle.activeCounts(in.get(1), n, w)));
    }

    private static Trial fill(Scene scene, int n, int w) {
        return new Trial(
                name("fill", scene, n, w),
                List.of(scene.out("y", 2, n, w)),
                (e, v) -> e.pointwise().fill(v.get(0), FACTOR),
                in -> List.of(Expected.filled(n * w, i -> FACTOR)));
    }

    private static Trial scale(Scene scene, int n, int w) {
        return new Trial(
                name("scale", scene, n, w),
                List.of(scene.inout("y", 2, n, w)),
                (e, v) -> e.pointwise().scale(v.get(0), FACTOR),
                in -> List.of(Expected.filled(
                        n * w, i -> Bound.round(scene.type(), FACTOR * in.get(0).get(i)))));
    }

    private static Trial axpy(Scene scene, int n, int w) {
        return new Trial(
                name("axpy", scene, n, w),
                List.of(scene.inout("y", 1, n, w), scene.in("x", 0, n, w)),
                (e, v) -> e.pointwise().axpy(v.get(0), FACTOR, v.get(1)),
                in -> List.of(Expected.filled(
                        n * w,
                        i -> fusedMultiplyAdd(
                                scene.type(), in.get(1).get(i), in.get(0).get(i)))));
    }

    private static double fusedMultiplyAdd(DType type, double x, double y) {
        return type == DType.F32 ? Math.fma((float) FACTOR, (float) x, (float) y) : Math.fma(FACTOR, x, y);
    }

    private static Trial copy(Scene scene, int n, int w) {
        return new Trial(
                name("copy", scene, n, w),
                List.of(scene.out("y", 0, n, w), scene.in("x", 1, n, w)),
                (e, v) -> e.pointwise().copy(v.get(0), v.get(1)),
                in -> List.of(PointwiseOracle.copy(in.get(1))));
    }

    private static Trial copyIntegers(Scene scene, DType type, int n, int w) {
        HostTensor numbers = HostTensor.zeros(type, scene.shape(n, w));
        for (int i = 0; i < numbers.length(); i++) {
            numbers.set(i, scene.random().nextInt());
        }
        Operand.Layout layout = scene.layout(2) == Operand.Layout.SLICED ? Operand.Layout.SLICED : Operand.Layout.DENSE;
        return new Trial(
                name("copy" + type, scene, n, w),
                List.of(scene.out("y", type, 1, n, w), Operand.in("x", numbers, layout)),
                (e, v) -> e.pointwise().copy(v.get(0), v.get(1)),
                in -> List.of(PointwiseOracle.copy(in.get(1))));
    }

    private static Trial gather(Scene scene, int n, int w) {
        int rows = n / 2 + 1;
        return new Trial(
                name("gather", scene, n, w),
                List.of(scene.out("y", 2, n, w), scene.in("x", 0, rows, w), scene.integers("rows", 1, rows, n)),
                (e, v) -> e.pointwise().gather(v.get(0), v.get(1), v.get(2)),
                in -> List.of(PointwiseOracle.gather(in.get(1), in.get(2), w)));
    }

    private static Trial transpose(Scene scene, int n, int w) {
        return new Trial(
                name("transpose", scene, n, w),
                List.of(scene.out("y", 0, w, n), scene.in("x", 2, n, w)),
                (e, v) -> e.pointwise().transpose(v.get(0), v.get(1)),
                in -> List.of(PointwiseOracle.transpose(in.get(1), n, w)));
    }
}

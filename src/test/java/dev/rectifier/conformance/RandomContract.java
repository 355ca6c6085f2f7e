package dev.rectifier.conformance;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/** {@link dev.rectifier.engine.RandomOps}: words, uniforms and integers bit for bit; normals near Box-Muller in fp64. */
final class RandomContract implements Contract {
    /** First, ordinary, and with bits in both counter words. */
    private static final long[] STEPS = {0, 7, 0x1_2345_6789L};

    private static final double[] KEPT = {0.5, 0.9, 1, 0};

    @Override
    public Stream<Trial> trials() {
        return Cover.pairs().stream().flatMap(p -> operations(Scene.of(p), p));
    }

    private static Stream<Trial> operations(Scene scene, Cover.Point p) {
        long step = STEPS[p.index() % 3];
        return Stream.of(
                normal(scene, p.a(), p.b(), step),
                uniform(scene, p.a(), p.b(), step),
                integers(scene, p.a(), p.b(), step),
                keep(scene, p.a() * p.b(), step, KEPT[p.index() % 4]));
    }

    private static String name(String operation, Scene scene, int n, int d, long step) {
        return "random." + operation + " N=" + n + " D=" + d + " step=" + step + " " + scene;
    }

    /** Keys with bits in both words; replica numbers far from the slots they sit in. */
    private static Operand streams(Scene scene) {
        HostTensor streams = HostTensor.zeros(DType.I64, Shape.of(scene.replicas(), 2));
        for (int r = 0; r < scene.replicas(); r++) {
            streams.longs()[2 * r] = 0xFEDC_BA98_7654_3210L - r % 2;
            streams.longs()[2 * r + 1] = 1000L + 7L * r;
        }
        return Operand.in("streams", streams, Operand.Layout.DENSE);
    }

    private static PhiloxOracle block(HostTensor streams, long step) {
        return new PhiloxOracle(streams.longs()[0], streams.longs()[1], step);
    }

    private static Trial normal(Scene scene, int n, int d, long step) {
        return new Trial(
                name("normal", scene, n, d, step),
                List.of(scene.out("out", 0, n, d), streams(scene)),
                (e, v) -> e.random().normal(v.get(0), v.get(1), step, 0.3, 1.7),
                in -> List.of(block(in.get(1), step).normal(n * d, 0.3, 1.7)));
    }

    private static Trial uniform(Scene scene, int n, int d, long step) {
        return new Trial(
                name("uniform", scene, n, d, step),
                List.of(scene.out("out", 1, n, d), streams(scene)),
                (e, v) -> e.random().uniform(v.get(0), v.get(1), step, -0.75, 1.5),
                in -> List.of(block(in.get(1), step).uniform(n * d, -0.75, 1.5)));
    }

    private static Trial integers(Scene scene, int n, int d, long step) {
        return new Trial(
                name("integers", scene, n, d, step),
                List.of(scene.out("out", DType.I32, 2, n, d), streams(scene)),
                (e, v) -> e.random().integers(v.get(0), v.get(1), step, 60_000),
                in -> List.of(block(in.get(1), step).integers(n * d, 60_000)));
    }

    private static Trial keep(Scene scene, int elements, long step, double keep) {
        int words = Math.toIntExact(PointwiseOps.maskWords(elements));
        return new Trial(
                "random.keep elements=" + elements + " keep=" + keep + " step=" + step + " " + scene,
                List.of(scene.out("mask", DType.I32, 2, words), streams(scene)),
                (e, v) -> e.random().keep(v.get(0), v.get(1), step, elements, keep),
                in -> List.of(block(in.get(1), step).keep(elements, keep)));
    }
}

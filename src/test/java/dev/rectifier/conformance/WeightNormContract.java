package dev.rectifier.conformance;

import dev.rectifier.engine.View;
import dev.rectifier.engine.WeightNormOps;
import dev.rectifier.engine.WeightNormOps.Factors;
import dev.rectifier.engine.WeightNormOps.Signal;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@link WeightNormOps}: inner products of rows, and combinations of them. */
final class WeightNormContract implements Contract {
    /** Rows, and the axes of a row: a dense layer's, a convolution's. */
    private record Case(int rows, Shape row) {
        int length() {
            return Math.toIntExact(row.size());
        }

        long[] extents() {
            return row.prepend(rows).extents();
        }
    }

    private static Case of(int rows, long... row) {
        return new Case(rows, Shape.of(row));
    }

    private static final List<Case> CASES =
            List.of(of(1, 1), of(3, 31), of(5, 32), of(2, 33), of(9, 2, 3, 3), of(2, 257));

    @Override
    public Stream<Trial> trials() {
        return IntStream.range(0, CASES.size())
                .boxed()
                .flatMap(i ->
                        Stream.of(DType.F32, DType.F64).flatMap(type -> operations(scene(i, type), CASES.get(i))));
    }

    /** Every shape under every regime, with 1, 3 and 64 replicas, in both types. */
    static Stream<Trial> sweep() {
        return CASES.stream()
                .flatMap(c -> Stream.of(Regime.values())
                        .flatMap(regime -> Stream.of(1, 3, 64)
                                .flatMap(replicas -> Stream.of(DType.F32, DType.F64)
                                        .flatMap(type -> operations(scene(c, replicas, regime, type), c)))));
    }

    private static int wide(DType type) {
        return type == DType.F64 ? 1 : 0;
    }

    private static Scene scene(int i, DType type) {
        Regime regime = Cover.Point.rotate(Regime.values(), 6 + 3 * i + wide(type));
        int replicas = i == 0 && type == DType.F64 ? 64 : (i == 3 ? 1 : 3);
        return new Scene(type, replicas, regime, i, new SplittableRandom(17L * i + wide(type)));
    }

    private static Scene scene(Case c, int replicas, Regime regime, DType type) {
        int layouts = c.length() + replicas + regime.name().length();
        return new Scene(type, replicas, regime, layouts, new SplittableRandom(1000L * layouts + wide(type)));
    }

    private static Stream<Trial> operations(Scene scene, Case c) {
        return Stream.of(forward(scene, c), backward(scene, c), tangent(scene, c), backwardTangent(scene, c));
    }

    private static String name(String operation, Scene scene, Case c) {
        return "weightNorm." + operation + " K=" + c.rows + " D=" + c.length() + " " + scene;
    }

    private static WeightNormOracle oracle(Scene scene, Case c) {
        return new WeightNormOracle(c.rows, c.length(), scene.type());
    }

    /** |v| of every row, rounded to fp64 once; all replicas the same where v is shared. */
    private static Operand norm(Case c, Operand v) {
        HostTensor norms = HostTensor.zeros(DType.F64, Shape.of(c.rows).prepend(v.replicas()));
        for (int i = 0; i < norms.length(); i++) {
            double squares = 0;
            for (int j = i * c.length(); j < (i + 1) * c.length(); j++) {
                squares += v.values().get(j) * v.values().get(j);
            }
            norms.set(i, Math.sqrt(squares));
        }
        return Operand.in("norm", norms, v.layout());
    }

    private static Factors factors(List<View> views, int v, int g) {
        return new Factors(views.get(v), views.get(g));
    }

    private static Trial forward(Scene scene, Case c) {
        return new Trial(
                name("forward", scene, c),
                List.of(
                        scene.out("w", 0, c.extents()),
                        scene.out("norm", DType.F64, 1, c.rows),
                        scene.in("v", 2, c.extents()),
                        scene.in("g", 0, c.rows)),
                (e, v) -> e.weightNorm().forward(v.get(0), v.get(1), factors(v, 2, 3)),
                in -> oracle(scene, c).forward(in.get(2), in.get(3)));
    }

    private static Trial backward(Scene scene, Case c) {
        Operand factor = scene.in("v", 0, c.extents());
        return new Trial(
                name("backward", scene, c),
                List.of(
                        scene.out("dv", 2, c.extents()),
                        scene.out("dg", 1, c.rows),
                        scene.in("dw", 1, c.extents()),
                        factor,
                        scene.in("g", 2, c.rows),
                        norm(c, factor)),
                (e, v) -> e.weightNorm().backward(factors(v, 0, 1), v.get(2), factors(v, 3, 4), v.get(5)),
                in -> oracle(scene, c).backward(in.get(2), in.get(3), in.get(4), in.get(5)));
    }

    private static Trial tangent(Scene scene, Case c) {
        Operand factor = scene.in("v", 1, c.extents());
        return new Trial(
                name("tangent", scene, c),
                List.of(
                        scene.out("tw", 1, c.extents()),
                        factor,
                        scene.in("g", 0, c.rows),
                        norm(c, factor),
                        scene.in("tv", 2, c.extents()),
                        scene.in("tg", 1, c.rows)),
                (e, v) -> e.weightNorm().tangent(v.get(0), factors(v, 1, 2), v.get(3), factors(v, 4, 5)),
                in -> List.of(oracle(scene, c).tangent(in.get(1), in.get(2), in.get(3), in.get(4), in.get(5))));
    }

    private static Trial backwardTangent(Scene scene, Case c) {
        Operand factor = scene.in("v", 2, c.extents());
        return new Trial(
                name("backwardTangent", scene, c),
                List.of(
                        scene.out("tdv", 0, c.extents()),
                        scene.out("tdg", 2, c.rows),
                        scene.in("dw", 1, c.extents()),
                        scene.in("tdw", 0, c.extents()),
                        factor,
                        scene.in("g", 1, c.rows),
                        norm(c, factor),
                        scene.in("tv", 1, c.extents()),
                        scene.in("tg", 0, c.rows)),
                (e, v) -> e.weightNorm()
                        .backwardTangent(
                                factors(v, 0, 1),
                                new Signal(v.get(2), v.get(3)),
                                factors(v, 4, 5),
                                v.get(6),
                                factors(v, 7, 8)),
                in -> oracle(scene, c)
                        .backwardTangent(new WeightNormOracle.Bent(
                                in.get(2), in.get(3), in.get(4), in.get(5), in.get(6), in.get(7), in.get(8))));
    }
}

package dev.rectifier.conformance;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.LossOps;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import java.util.stream.Stream;

/** {@link LossOps}: value in fp64, gradient in the element type. */
final class LossContract implements Contract {
    @Override
    public Stream<Trial> trials() {
        Stream<Trial> shapes = Cover.pairs().stream()
                .flatMap(p -> operations(
                        Scene.of(p),
                        oracle(Cover.Point.rotate(LossKind.values(), p.index() / 2 + p.index() / 6), p.a(), p.b())));
        Stream<Trial> circumstances =
                Scene.small().flatMap(s -> Stream.of(LossKind.values()).flatMap(k -> operations(s, oracle(k, 19, 6))));
        Stream<Trial> strays = Stream.of(DType.F32, DType.F64)
                .map(t -> strayLabel(Scene.small(t, Regime.RANDOM, 0), oracle(LossKind.SOFTMAX_CROSS_ENTROPY, 19, 6)));
        return Stream.concat(Stream.concat(shapes, circumstances), strays);
    }

    /** A scale that is not a power of two: 1 / (N K). */
    private static LossOracle oracle(LossKind kind, int n, int k) {
        return new LossOracle(kind, n, k, 1.0 / (n * k));
    }

    private static Stream<Trial> operations(Scene scene, LossOracle oracle) {
        return Stream.of(evaluate(scene, oracle), evaluateInPlace(scene, oracle), value(scene, oracle));
    }

    private static String name(String operation, Scene scene, LossOracle o) {
        return "losses." + operation + " " + o.kind() + " N=" + o.n() + " K=" + o.k() + " " + scene;
    }

    static Operand targets(Scene scene, int position, LossOracle o, Operand outputs) {
        return switch (o.kind()) {
            case SQUARED ->
                new Scene(scene.type(), scene.replicas(), finite(scene.regime()), scene.layouts(), scene.random())
                        .in("targets", position, o.n(), o.k());
            case SOFTMAX_CROSS_ENTROPY -> scene.integers("targets", position, o.k(), o.n());
            case LOGISTIC, HINGE -> signs(scene, position, outputs);
        };
    }

    static Regime finite(Regime regime) {
        return regime == Regime.POISONED ? Regime.RANDOM : regime;
    }

    private static Operand signs(Scene scene, int position, Operand outputs) {
        Operand bits = scene.integers(
                "targets", position, 2, outputs.values().shape().tail().extents());
        HostTensor signs = HostTensor.zeros(scene.type(), bits.values().shape());
        for (int i = 0; i < signs.length(); i++) {
            signs.set(i, 2 * bits.values().get(i) - 1);
        }
        return Operand.in("targets", signs, bits.layout());
    }

    /** Every fifth output of the hinge loss sits on the kink, at exactly 1 or -1. */
    private static HostTensor onTheKink(LossKind kind, HostTensor outputs) {
        for (int i = 2; kind == LossKind.HINGE && i < outputs.length(); i += 5) {
            if (Double.isFinite(outputs.get(i))) {
                outputs.set(i, i % 2 == 0 ? 1 : -1);
            }
        }
        return outputs;
    }

    static Operand outputs(Scene scene, int position, LossOracle o) {
        Operand outputs = scene.ownIn("outputs", position, o.n(), o.k());
        return outputs.with(onTheKink(o.kind(), outputs.values()));
    }

    private static Trial evaluate(Scene scene, LossOracle o) {
        Operand outputs = outputs(scene, 2, o);
        return new Trial(
                name("evaluate", scene, o),
                List.of(
                        scene.out("value", DType.F64, 0),
                        scene.out("gradient", 1, o.n(), o.k()),
                        outputs,
                        targets(scene, 0, o, outputs)),
                (e, v) -> e.losses().evaluate(o.kind(), v.get(0), v.get(1), v.get(2), v.get(3), o.scale()),
                in -> List.of(o.value(in.get(2), in.get(3)), o.gradient(in.get(2), in.get(3))));
    }

    /** One label of the first replica (of all, where they share) is no class; the other replicas must not notice. */
    private static Trial strayLabel(Scene scene, LossOracle o) {
        Operand labels = scene.integers("targets", 1, o.k(), o.n());
        boolean shared = labels.layout() == Operand.Layout.SHARED;
        for (int i = 2; i < (shared ? labels.values().length() : o.n()); i += o.n()) {
            labels.values().set(i, scene.type() == DType.F32 ? o.k() : -1);
        }
        return new Trial(
                name("evaluateStrayLabel", scene, o),
                List.of(
                        scene.out("value", DType.F64, 0),
                        scene.out("gradient", 1, o.n(), o.k()),
                        outputs(scene, 2, o),
                        labels),
                (e, v) -> e.losses().evaluate(o.kind(), v.get(0), v.get(1), v.get(2), v.get(3), o.scale()),
                in -> List.of(o.value(in.get(2), in.get(3)), o.gradient(in.get(2), in.get(3))));
    }

    private static Trial evaluateInPlace(Scene scene, LossOracle o) {
        Operand outputs = outputs(scene, 1, o);
        return new Trial(
                name("evaluateInPlace", scene, o),
                List.of(
                        scene.out("value", DType.F64, 2),
                        Operand.inout("outputs", outputs.values(), outputs.layout()),
                        targets(scene, 1, o, outputs)),
                (e, v) -> e.losses().evaluate(o.kind(), v.get(0), v.get(1), v.get(1), v.get(2), o.scale()),
                in -> List.of(o.value(in.get(1), in.get(2)), o.gradient(in.get(1), in.get(2))));
    }

    private static Trial value(Scene scene, LossOracle o) {
        Operand outputs = outputs(scene, 0, o);
        return new Trial(
                name("value", scene, o),
                List.of(scene.out("value", DType.F64, 1), outputs, targets(scene, 2, o, outputs)),
                (e, v) -> e.losses().value(o.kind(), v.get(0), v.get(1), v.get(2), o.scale()),
                in -> List.of(o.value(in.get(1), in.get(2))));
    }
}

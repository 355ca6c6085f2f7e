package dev.rectifier.conformance;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.LossOps;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.stream.Stream;

/** The second derivatives of {@link LossOps}. */
final class LossTangentContract implements Contract {
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

    private static LossOracle oracle(LossKind kind, int n, int k) {
        return new LossOracle(kind, n, k, 1.0 / (n * k));
    }

    private static Stream<Trial> operations(Scene scene, LossOracle oracle) {
        return Stream.of(tangent(scene, oracle), tangentInPlace(scene, oracle), outer(scene, oracle));
    }

    private static String name(String operation, Scene scene, LossOracle o) {
        return "losses." + operation + " " + o.kind() + " N=" + o.n() + " K=" + o.k() + " " + scene;
    }

    /** The same circumstances without NaN and infinities. */
    private static Scene sound(Scene scene) {
        Regime finite = LossContract.finite(scene.regime());
        return new Scene(scene.type(), scene.replicas(), finite, scene.layouts(), scene.random());
    }

    private static Trial tangent(Scene scene, LossOracle o) {
        Operand outputs = LossContract.outputs(scene, 1, o);
        return trial(scene, o, "tangent", outputs, LossContract.targets(scene, 2, o, outputs));
    }

    /** One label of the first replica (of all, where they share) is no class; the other replicas must not notice. */
    private static Trial strayLabel(Scene scene, LossOracle o) {
        Operand labels = scene.integers("targets", 1, o.k(), o.n());
        boolean shared = labels.layout() == Operand.Layout.SHARED;
        for (int i = 2; i < (shared ? labels.values().length() : o.n()); i += o.n()) {
            labels.values().set(i, scene.type() == DType.F32 ? o.k() : -1);
        }
        return trial(scene, o, "tangentStrayLabel", LossContract.outputs(scene, 2, o), labels);
    }

    private static Trial trial(Scene scene, LossOracle o, String operation, Operand outputs, Operand targets) {
        return new Trial(
                name(operation, scene, o),
                List.of(
                        scene.out("product", 0, o.n(), o.k()),
                        outputs,
                        targets,
                        sound(scene).in("along", 3, o.n(), o.k())),
                (e, v) -> e.losses().tangent(o.kind(), v.get(0), v.get(1), v.get(2), v.get(3), o.scale()),
                in -> List.of(new LossTangentOracle(o).tangent(in.get(1), in.get(2), in.get(3))));
    }

    private static Trial tangentInPlace(Scene scene, LossOracle o) {
        Operand outputs = LossContract.outputs(scene, 2, o);
        return new Trial(
                name("tangentInPlace", scene, o),
                List.of(
                        sound(scene).inout("along", 1, o.n(), o.k()),
                        outputs,
                        LossContract.targets(scene, 0, o, outputs)),
                (e, v) -> e.losses().tangent(o.kind(), v.get(0), v.get(1), v.get(2), v.get(0), o.scale()),
                in -> List.of(new LossTangentOracle(o).tangent(in.get(1), in.get(2), in.get(0))));
    }

    private static Trial outer(Scene scene, LossOracle o) {
        Scene sound = sound(scene);
        return new Trial(
                name("outer", scene, o),
                List.of(
                        sound.out("product", 0, o.n(), o.k()),
                        sound.in("gradient", 1, o.n(), o.k()),
                        sound.in("along", 2, o.n(), o.k())),
                (e, v) -> e.losses().outer(v.get(0), v.get(1), v.get(2), o.scale()),
                in -> List.of(new LossTangentOracle(o).outer(in.get(1), in.get(2))));
    }
}

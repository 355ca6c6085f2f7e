package dev.rectifier.conformance;

import dev.rectifier.engine.ReduceOps;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.stream.Stream;

/** {@link ReduceOps}: sums in fp64, counts and indices exact. */
final class ReduceContract implements Contract {
    @Override
    public Stream<Trial> trials() {
        Stream<Trial> shapes = Cover.pairs().stream().flatMap(p -> columns(Scene.of(p), p.a(), p.b()));
        Stream<Trial> matrices = Cover.triples().stream().map(p -> correlation(Scene.of(p), p.a(), p.b(), p.c()));
        Stream<Trial> circumstances =
                Scene.small().flatMap(s -> Stream.concat(columns(s, 19, 6), Stream.of(correlation(s, 19, 4, 6))));
        return Stream.of(shapes, matrices, circumstances).flatMap(s -> s);
    }

    private static Stream<Trial> columns(Scene scene, int n, int w) {
        return Stream.of(
                sum(scene, n, w),
                dot(scene, n, w),
                squaredNorm(scene, n, w),
                moments(scene, n, w),
                columnSquares(scene, n, w),
                argmax(scene, n, w),
                correct(scene, n, w));
    }

    private static String name(String operation, Scene scene, int n, int w) {
        return "reduce." + operation + " N=" + n + " W=" + w + " " + scene;
    }

    private static Trial sum(Scene scene, int n, int w) {
        return new Trial(
                name("sum", scene, n, w),
                List.of(scene.out("out", DType.F64, 0), scene.ownIn("a", 1, n, w)),
                (e, v) -> e.reduce().sum(v.get(0), v.get(1)),
                in -> List.of(ReduceOracle.sum(in.get(1))));
    }

    private static Trial dot(Scene scene, int n, int w) {
        return new Trial(
                name("dot", scene, n, w),
                List.of(scene.out("out", DType.F64, 1), scene.in("a", 0, n, w), scene.in("b", 2, n, w)),
                (e, v) -> e.reduce().dot(v.get(0), v.get(1), v.get(2)),
                in -> List.of(ReduceOracle.dot(in.get(1), in.get(2))));
    }

    private static Trial squaredNorm(Scene scene, int n, int w) {
        return new Trial(
                name("squaredNorm", scene, n, w),
                List.of(scene.out("out", DType.F64, 0), scene.in("a", 1, n, w)),
                (e, v) -> e.reduce().dot(v.get(0), v.get(1), v.get(1)),
                in -> List.of(ReduceOracle.dot(in.get(1), in.get(1))));
    }

    private static Trial moments(Scene scene, int n, int w) {
        return new Trial(
                name("moments", scene, n, w),
                List.of(scene.out("mean", DType.F64, 1, w), scene.out("m2", DType.F64, 2, w), scene.in("x", 0, n, w)),
                (e, v) -> e.reduce().moments(v.get(0), v.get(1), v.get(2)),
                in -> List.of(ReduceOracle.mean(in.get(2), n, w), ReduceOracle.deviations(in.get(2), n, w)));
    }

    private static Trial columnSquares(Scene scene, int n, int w) {
        return new Trial(
                name("columnSquares", scene, n, w),
                List.of(scene.out("out", DType.F64, 2, w), scene.ownIn("x", 1, n, w)),
                (e, v) -> e.reduce().columnSquares(v.get(0), v.get(1)),
                in -> List.of(ReduceOracle.columnSquares(in.get(1), n, w)));
    }

    private static Trial argmax(Scene scene, int n, int w) {
        return new Trial(
                name("argmax", scene, n, w),
                List.of(scene.out("index", DType.I32, 0, n), scene.ownIn("x", 2, n, w)),
                (e, v) -> e.reduce().argmax(v.get(0), v.get(1)),
                in -> List.of(ReduceOracle.argmax(in.get(1), n, w)));
    }

    private static Trial correct(Scene scene, int n, int w) {
        return new Trial(
                name("correct", scene, n, w),
                List.of(scene.out("count", DType.I32, 2), scene.ownIn("x", 0, n, w), scene.integers("labels", 1, w, n)),
                (e, v) -> e.reduce().correct(v.get(0), v.get(1), v.get(2)),
                in -> List.of(ReduceOracle.correct(in.get(1), in.get(2), n, w)));
    }

    private static Trial correlation(Scene scene, int n, int teachers, int students) {
        return new Trial(
                "reduce.correlation N=" + n + " T=" + teachers + " S=" + students + " " + scene,
                List.of(
                        scene.out("rho", DType.F64, 0, teachers, students),
                        scene.in("teacher", 1, n, teachers),
                        scene.ownIn("student", 2, n, students)),
                (e, v) -> e.reduce().correlation(v.get(0), v.get(1), v.get(2)),
                in -> List.of(ReduceOracle.correlation(in.get(1), in.get(2), n, teachers, students)));
    }
}

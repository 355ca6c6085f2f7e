package dev.rectifier.conformance;

import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.PopulationOps;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@link PopulationOps}: loss in fp64, gradient in the element type. */
final class PopulationContract implements Contract {
    /** Around the width of a warp; the first does not fit the shared memory of a block, the last are many replicas. */
    private static final List<PopulationNets> SHAPES = List.of(
            new PopulationNets(33, 20, 21, 33),
            new PopulationNets(1, 33, 1, 1),
            new PopulationNets(127, 2, 3, 1),
            new PopulationNets(2, 1, 31, 2),
            new PopulationNets(3, 10, 9, 33),
            new PopulationNets(4, 3, 2, 1));

    @Override
    public Stream<Trial> trials() {
        Stream<Trial> shapes = IntStream.range(0, SHAPES.size())
                .boxed()
                .flatMap(i -> Stream.of(DType.F32, DType.F64).map(t -> squaredRelu(scene(i, t), SHAPES.get(i))));
        Stream<Trial> circumstances = Scene.small().map(s -> squaredRelu(s, new PopulationNets(5, 6, 4, 3)));
        return Stream.concat(shapes, circumstances);
    }

    private static Scene scene(int shape, DType type) {
        int replicas = shape < 2 ? 1 : shape == SHAPES.size() - 1 ? 64 : 3;
        return new Scene(type, replicas, Regime.RANDOM, shape, new SplittableRandom(shape));
    }

    private static Trial squaredRelu(Scene scene, PopulationNets nets) {
        PopulationOracle oracle = new PopulationOracle(nets, 1.0 / nets.outputs());
        return new Trial(
                "population.squaredRelu D=" + nets.inputs() + " S=" + nets.student() + " T=" + nets.teacher() + " K="
                        + nets.outputs() + " " + scene,
                List.of(
                        scene.out("loss", DType.F64, 0),
                        scene.out("gradient", 1, nets.studentParameters()),
                        scene.ownIn("student", 2, nets.studentParameters()),
                        scene.in("teacher", 0, nets.teacherParameters())),
                (e, v) -> e.population().squaredRelu(v.get(0), v.get(1), v.get(2), v.get(3), nets, oracle.scale()),
                in -> oracle.judge(in.get(2), in.get(3)));
    }
}

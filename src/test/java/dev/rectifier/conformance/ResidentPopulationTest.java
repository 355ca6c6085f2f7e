package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Feed;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentOps;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Stretches of steps on all Gaussian inputs against the single operations, bit for bit, on every engine, however they are cut;
 * loss and gradient at their ends against the oracle of the operation; engines against each other.
 */
class ResidentPopulationTest extends OnEveryEngine {
    /** Around a warp's width and a block's eight warps; more parameters than threads; single numbers. */
    private static final List<PopulationNets> SHAPES = List.of(
            new PopulationNets(5, 7, 3, 2),
            new PopulationNets(1, 1, 1, 1),
            new PopulationNets(3, 17, 2, 33),
            new PopulationNets(33, 9, 10, 3),
            new PopulationNets(2, 3, 35, 1));

    private static final List<String> WORDS = List.of("own", "masked", "frozen own", "masked frozen", "plain");

    private static List<PopulationScene> scenes() {
        List<PopulationScene> scenes = new ArrayList<>();
        for (DType type : List.of(DType.F32, DType.F64)) {
            for (int i = 0; i < SHAPES.size(); i++) {
                for (UpdateRule rule : UpdateRule.values()) {
                    int replicas = i > 0 ? 3 : rule == UpdateRule.SGD ? 64 : 1;
                    scenes.add(new PopulationScene(SHAPES.get(i), type, replicas, rule, WORDS.get(i)));
                }
            }
            scenes.addAll(troubled(type));
        }
        return scenes;
    }

    /** Replicas that freeze, at the first step and later. */
    private static List<PopulationScene> troubled(DType type) {
        PopulationNets nets = new PopulationNets(4, 5, 3, 2);
        return List.of(
                new PopulationScene(nets, type, 7, UpdateRule.SGD, "breaking"),
                new PopulationScene(nets, type, 7, UpdateRule.NESTEROV, "breaking masked"),
                new PopulationScene(nets, type, 7, UpdateRule.ADAM, "breaking own"),
                new PopulationScene(nets, type, 3, UpdateRule.MOMENTUM, "NaN"),
                new PopulationScene(nets, type, 10, UpdateRule.SGD, "huge"));
    }

    private static boolean same(List<HostTensor> ours, List<HostTensor> theirs) {
        boolean same = ours.size() == theirs.size();
        for (int i = 0; i < theirs.size(); i++) {
            same &= ours.get(i).sameBits(theirs.get(i));
        }
        return same;
    }

    private static void requireSame(String what, List<HostTensor> ours, List<HostTensor> theirs) {
        for (int i = 0; i < theirs.size(); i++) {
            assertThat(ours.get(i).sameBits(theirs.get(i)))
                    .as("%s, tensor %d: %s and %s", what, i, ours.get(i), theirs.get(i))
                    .isTrue();
        }
    }

    @TestFactory
    Stream<DynamicTest> aStretchIsTheSingleOperationsHoweverItIsCut() {
        return engines()
                .flatMap(on -> scenes().stream()
                        .map(scene -> DynamicTest.dynamicTest(on + " " + scene, () -> {
                            Engine engine = on.engine();
                            List<HostTensor> single = scene.byOperations(engine, PopulationScene.STEPS);
                            for (int[] cut : new int[][] {{9}, {1, 3, 5}, {8, 1}}) {
                                String what = Arrays.toString(cut);
                                requireSame(what, scene.byStretches(engine, engine.resident(), cut), single);
                            }
                        })));
    }

    /** A slot of a ring has the bits of a run that ends there, also of replicas that stand still by then. */
    @TestFactory
    Stream<DynamicTest> slotsOfARingAreTheSingleOperations() {
        return engines()
                .flatMap(on -> scenes().stream()
                        .filter(scene -> scene.rule() == UpdateRule.SGD || !scene.is("own"))
                        .map(scene -> DynamicTest.dynamicTest(on + " " + scene, () -> {
                            int[] after = scene.is("masked") ? new int[] {1, 2, 9} : new int[] {3, 4, 8};
                            List<HostTensor> single = new ArrayList<>();
                            for (int steps : after) {
                                List<HostTensor> there = scene.byOperations(on.engine(), steps);
                                single.addAll(List.of(there.get(0), there.get(3)));
                            }
                            single.addAll(scene.byOperations(on.engine(), PopulationScene.STEPS));
                            requireSame("slots", scene.kept(on.engine(), after), single);
                        })));
    }

    /** Adam takes powers, which devices round in their own way. */
    @TestFactory
    Stream<DynamicTest> everyEngineLeavesTheBitsOfTheFirst() {
        return engines()
                .filter(on -> on.engine() != SOURCE.reference())
                .flatMap(on -> scenes().stream()
                        .filter(scene -> scene.rule() != UpdateRule.ADAM)
                        .map(scene -> DynamicTest.dynamicTest(on + " " + scene, () -> {
                            Engine engine = on.engine();
                            Engine reference = SOURCE.reference();
                            requireSame(
                                    "bits",
                                    scene.byStretches(engine, engine.resident(), PopulationScene.STEPS),
                                    scene.byStretches(reference, reference.resident(), PopulationScene.STEPS));
                        })));
    }

    /** Freezing is seen for each of its causes, at the first step and in the midst of a stretch. */
    @Test
    void theTroubledScenesFreezeForEveryReason() {
        List<Integer> causes = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        for (PopulationScene scene : scenes()) {
            List<HostTensor> left = scene.byOperations(SOURCE.reference(), PopulationScene.STEPS);
            for (int r = 0; r < scene.replicas(); r++) {
                causes.add(left.get(4).ints()[r]);
                steps.add(left.get(5).longs()[r]);
            }
        }
        assertThat(causes)
                .contains(
                        FreezeCause.NONE.code(),
                        FreezeCause.LOSS.code(),
                        FreezeCause.GRADIENT.code(),
                        FreezeCause.WEIGHT.code(),
                        FreezeCause.STOPPED.code());
        assertThat(steps).contains(0L, 1L, 2L);
    }

    /** What a stretch leaves belongs to the weights before its last step. */
    @TestFactory
    Stream<DynamicTest> lossAndGradientAreTheOracles() {
        return engines()
                .flatMap(on -> scenes().stream()
                        .filter(scene -> scene.rule() == UpdateRule.MOMENTUM && !scene.is("NaN"))
                        .map(scene -> DynamicTest.dynamicTest(on + " " + scene, () -> judge(on.engine(), scene))));
    }

    private static void judge(Engine engine, PopulationScene scene) {
        List<HostTensor> before = scene.byStretches(engine, engine.resident(), PopulationScene.STEPS - 1);
        List<HostTensor> after = scene.byStretches(engine, engine.resident(), PopulationScene.STEPS);
        PopulationOracle oracle = new PopulationOracle(scene.nets(), PopulationScene.SCALE);
        HostTensor teacher = scene.teacher();
        for (int r = 0; r < scene.replicas(); r++) {
            HostTensor taught = row(teacher, scene.is("own") ? r : 0);
            List<Expected> expected = oracle.judge(row(before.get(0), r), taught);
            requireWithin(expected.get(0), new double[] {after.get(3).get(r)});
            requireWithin(expected.get(1), row(after.get(2), r).toDoubles());
        }
    }

    private static void requireWithin(Expected expected, double[] found) {
        for (int i = 0; i < found.length; i++) {
            double distance = Math.abs(found[i] - expected.values()[i]);
            assertThat(distance).as("element %d", i).isLessThanOrEqualTo(expected.bounds()[i]);
        }
    }

    private static HostTensor row(HostTensor matrix, int r) {
        HostTensor row = HostTensor.zeros(matrix.dtype(), matrix.shape().tail());
        for (int i = 0; i < row.length(); i++) {
            row.set(i, matrix.get(r * row.length() + i));
        }
        return row;
    }

    /** A replica has the bits that it has alone: the middle one of three, which differ in everything. */
    @TestFactory
    Stream<DynamicTest> aReplicaDoesNotSeeTheOthers() {
        PopulationNets nets = new PopulationNets(5, 7, 3, 2);
        PopulationScene many = new PopulationScene(nets, DType.F32, 5, UpdateRule.NESTEROV, "breaking own");
        PopulationScene one = new PopulationScene(nets, DType.F32, 1, UpdateRule.NESTEROV, "breaking own");
        return engines()
                .map(on -> DynamicTest.dynamicTest(on.toString(), () -> {
                    Engine engine = on.engine();
                    HostTensor among = many.byStretches(engine, engine.resident(), PopulationScene.STEPS)
                            .get(0);
                    HostTensor alone = one.byStretches(engine, engine.resident(), PopulationScene.STEPS)
                            .get(0);
                    assertThat(row(among, 0).sameBits(row(alone, 0))).isTrue();
                }));
    }

    /** Resident training with a fault: in the task it is opened with, or in the stretches it is given. */
    private record Faulty(
            ResidentOps sound, UnaryOperator<ResidentTask> task, BiFunction<ResidentTask, Stretch, Stretch> stretch)
            implements ResidentOps {
        @Override
        public Optional<String> refusal(ResidentTask asked, long examples) {
            return sound.refusal(asked, examples);
        }

        @Override
        public Optional<String> disadvantage(ResidentTask asked, long examples) {
            return sound.disadvantage(asked, examples);
        }

        @Override
        public Resident open(ResidentTask asked) {
            Resident resident = sound.open(task.apply(asked));
            return (feed, steps) -> resident.train(new Feed.Population(), stretch.apply(asked, steps));
        }
    }

    private static Faulty of(UnaryOperator<ResidentTask> task) {
        return new Faulty(SOURCE.reference().resident(), task, (t, s) -> s);
    }

    private static Faulty by(UnaryOperator<Stretch> stretch) {
        return new Faulty(SOURCE.reference().resident(), t -> t, (t, s) -> stretch.apply(s));
    }

    private static ResidentTask with(ResidentTask task, UpdateRule rule, Parameters parameters, Health health) {
        ResidentTask.State old = task.state();
        ResidentTask.State state = new ResidentTask.State(parameters, old.hyper(), health, old.loss());
        return new ResidentTask(
                task.inputs(), task.student(), task.teacher(), task.loss(), rule, state, task.unitNormLayers());
    }

    private static ResidentTask unmasked(ResidentTask task) {
        Parameters p = task.state().parameters();
        Parameters all = new Parameters(p.weights(), p.gradient(), p.state(), Optional.empty());
        return with(task, task.rule(), all, task.state().health());
    }

    private static ResidentTask forgetful(ResidentTask task, Arena arena) {
        Parameters p = task.state().parameters();
        Parameters own = new Parameters(
                p.weights(),
                p.gradient(),
                arena.zeros(p.state().dtype(), p.state().download().shape()).view(),
                p.mask());
        return with(task, task.rule(), own, task.state().health());
    }

    private static ResidentTask restless(ResidentTask task, Arena arena) {
        Health none = new Health(
                arena.zeros(DType.I32, task.state().health().cause().download().shape())
                        .view(),
                task.state().health().step());
        return with(task, task.rule(), task.state().parameters(), none);
    }

    private static Stretch shorter(Stretch s) {
        return new Stretch(s.first(), Arrays.copyOf(s.factors(), Math.max(1, s.steps() - 1)), s.lossScale());
    }

    @TestFactory
    Stream<DynamicTest> plantedFaultsAreCaught() {
        Arena arena = SOURCE.reference().openArena("faults");
        Map<String, Faulty> faults = Map.of(
                "half the loss", by(s -> new Stretch(s.first(), s.factors(), s.lossScale() / 2)),
                "schedule missed", by(s -> new Stretch(s.first(), new double[s.steps()], s.lossScale())),
                "a step left out", by(ResidentPopulationTest::shorter),
                "momentum begins anew", by(s -> new Stretch(0, s.factors(), s.lossScale())),
                "mask ignored", of(ResidentPopulationTest::unmasked),
                "state not kept", of(task -> forgetful(task, arena)),
                "frozen replica moved", of(task -> restless(task, arena)),
                "plain momentum",
                        of(t -> with(
                                t,
                                UpdateRule.MOMENTUM,
                                t.state().parameters(),
                                t.state().health())));
        PopulationScene scene =
                new PopulationScene(new PopulationNets(5, 7, 3, 2), DType.F32, 3, UpdateRule.NESTEROV, "masked frozen");
        List<HostTensor> single = scene.byOperations(SOURCE.reference(), PopulationScene.STEPS);
        return Stream.concat(
                        faults.entrySet().stream()
                                .map(fault -> DynamicTest.dynamicTest(fault.getKey(), () -> {
                                    List<HostTensor> found =
                                            scene.byStretches(SOURCE.reference(), fault.getValue(), 4, 5);
                                    assertThat(same(found, single)).isFalse();
                                })),
                        Stream.of(DynamicTest.dynamicTest(
                                "none",
                                () -> assertThat(same(
                                                scene.byStretches(
                                                        SOURCE.reference(), by(UnaryOperator.identity()), 4, 5),
                                                single))
                                        .isTrue())))
                .onClose(arena::close);
    }
}

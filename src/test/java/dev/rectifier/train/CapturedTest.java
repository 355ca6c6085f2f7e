package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.data.Batch;
import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.DataSource;
import dev.rectifier.data.GaussianPopulation;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.RedrawnSet;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Captured;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Replayed steps leave the bits of single steps, on every device engine that is present. */
class CapturedTest {
    private static final EngineSource SOURCE = new EngineSource();
    private static final int STEPS = ResidentTasks.STEPS;
    private static final SeedTree SEED = SeedTree.root(31);

    @AfterAll
    static void close() {
        SOURCE.close();
    }

    /** A setting and what is changed about its task. */
    private record Case(String name, ResidentTasks.Setting setting, UnaryOperator<TrainTask> change) {
        Case(ResidentTasks.Setting setting) {
            this(setting.toString(), setting, task -> task);
        }
    }

    private static ResidentTasks.Setting setting(int replicas, String data, int batch) {
        return new ResidentTasks.Setting(replicas, data, batch);
    }

    private static List<Case> sources() {
        return List.of(
                new Case(setting(1, "fresh", 1)),
                new Case(setting(3, "fresh uniform own teachers", 3)),
                new Case(setting(2, "fresh shared", 2).with(DType.F64)),
                new Case(setting(2, "fresh", 3).with(LossKind.SOFTMAX_CROSS_ENTROPY)),
                new Case(setting(3, "set", 4)),
                new Case(setting(3, "set shared", 1)),
                new Case(setting(2, "set replaced", 5).with(DType.F64)),
                new Case(setting(2, "labelled", 6)),
                new Case(setting(3, "labelled", 6).with(LossKind.SOFTMAX_CROSS_ENTROPY)),
                new Case(setting(2, "labelled shared", 5).with(LossKind.SOFTMAX_CROSS_ENTROPY)),
                new Case(setting(2, "labelled whole", 13).with(LossKind.LOGISTIC)));
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>(sources());
        MlpSpec wide = MlpSpec.of(5, 500, 3); // more parameters than one fused update takes
        for (UpdateRule rule : UpdateRule.values()) {
            ResidentTasks.Setting by = setting(3, "set", 4).with(ResidentTasks.optimiser(rule, 3));
            cases.add(new Case(by));
            cases.add(new Case("masked " + rule, by, ResidentTasks::masked));
            cases.add(new Case(setting(1, "fresh", 2).with(wide).with(ResidentTasks.optimiser(rule, 1))));
            cases.add(new Case("some break " + rule, breaking(rule), task -> task));
        }
        cases.add(new Case("unit norm", setting(3, "fresh", 2), CapturedTest::onSphere));
        cases.add(new Case(
                "unit norm without biases",
                setting(3, "fresh", 2).with(MlpSpec.of(5, 7, 3).withBias(false)),
                CapturedTest::onSphere));
        cases.add(new Case(
                setting(2, "set", 4).with(MlpSpec.of(5, 7, 3).withParametrisation(Parametrisation.MEAN_FIELD))));
        return cases;
    }

    private static TrainTask onSphere(TrainTask task) {
        return ResidentTasks.constrained(
                task, spec -> spec.withConstraints(new Constraints(List.of(0, 1), List.of(1))));
    }

    /** Rates at which some replicas diverge, some at once and some later. */
    private static ResidentTasks.Setting breaking(UpdateRule rule) {
        List<Double> rates = List.of(0.01, 3.0, 30.0, 1e10, 1e18, 1e30, 0.05, 1e38, 7.0);
        return setting(9, "fresh", 3).with(ResidentTasks.optimiser(rule, 9).with(Hyper.LEARNING_RATE, rates));
    }

    private static List<HostTensor> trained(Engine engine, TrainTask task, Way way, Listener... more) {
        List<HostTensor> seen = new ArrayList<>();
        Listener looks = Cadence.at(0L, 1L, 8L, (long) STEPS).calling(state -> {
            seen.add(state.gradient().flat().download());
            seen.add(state.loss().download());
        });
        List<Listener> listeners = new ArrayList<>(List.of(more));
        listeners.add(looks);
        try (Trainer trainer = new Trainer(engine, task, way)) {
            trainer.run(Control.of().withListeners(listeners));
            seen.addAll(trainer.checkpoint().tensors().values());
        }
        return seen;
    }

    private static void requireSame(List<HostTensor> ours, List<HostTensor> theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < theirs.size(); i++) {
            assertThat(ours.get(i).sameBits(theirs.get(i))).as("tensor %d", i).isTrue();
        }
    }

    private static Stream<EngineSource.Present> devices() {
        return SOURCE.engines().stream().filter(present -> !present.name().startsWith("cpu"));
    }

    /** One test per device, with tasks on it. */
    private static Stream<DynamicTest> onDevices(DeviceTest test) {
        return devices()
                .map(device -> DynamicTest.dynamicTest(device.name(), () -> {
                    try (ResidentTasks tasks = new ResidentTasks(device.engine())) {
                        test.run(device.engine(), tasks);
                    }
                }));
    }

    private interface DeviceTest {
        void run(Engine engine, ResidentTasks tasks);
    }

    @TestFactory
    Stream<DynamicTest> leavesTheBitsOfSingleSteps() {
        return devices()
                .flatMap(device -> cases().stream()
                        .map(what -> DynamicTest.dynamicTest(device + " " + what.name(), () -> {
                            try (ResidentTasks tasks = new ResidentTasks(device.engine())) {
                                TrainTask task = what.change().apply(tasks.task(what.setting()));
                                requireSame(
                                        trained(device.engine(), task, Way.CAPTURED),
                                        trained(device.engine(), task, Way.STEPWISE));
                            }
                        })));
    }

    @TestFactory
    Stream<DynamicTest> fromASetThatIsDrawnAnewEveryEpoch() {
        return onDevices((engine, tasks) -> {
            TrainTask like = tasks.task(setting(2, "set", 4));
            try (Arena arena = engine.openArena("redrawn")) {
                RedrawnSet.Drawing drawing = new RedrawnSet.Drawing(
                        StreamSpec.normal(0, 1),
                        new InputShape(DType.F32, 9, 5),
                        Streams.range(SEED.child("inputs"), 0, 2),
                        Sharing.PER_REPLICA);
                RedrawnSet data = new RedrawnSet(
                        engine,
                        arena,
                        drawing,
                        BatchPlan.shuffled(9, 2),
                        Streams.range(SEED.child("order"), 0, 2),
                        Sharing.PER_REPLICA);
                TrainTask task = TrainTask.of(like.student(), like.initial(), data, like.targets(), like.spec());
                requireSame(trained(engine, task, Way.CAPTURED), trained(engine, task, Way.STEPWISE));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> onAllGaussianInputsAtOnce() {
        return onDevices((engine, tasks) -> {
            MlpSpec bare = MlpSpec.of(5, 4, 3).withBias(false);
            TrainTask like = tasks.task(setting(2, "fresh", 1).with(bare));
            MlpSpec teacher = MlpSpec.of(5, 2, 3).withBias(false);
            Targets taught = Targets.Teacher.of(
                    teacher, Initializer.draw(teacher, DType.F32, Streams.single(SEED.child("teacher"))));
            try (Arena arena = engine.openArena("population")) {
                GaussianPopulation data = new GaussianPopulation(arena, DType.F32, 5, 2);
                TrainTask task = TrainTask.of(bare, like.initial(), data, taught, like.spec());
                requireSame(trained(engine, task, Way.CAPTURED), trained(engine, task, Way.STEPWISE));
            }
        });
    }

    /** Longer than the tables of factors (1,024 steps) and of row numbers; with stops at a loss on the way. */
    @TestFactory
    Stream<DynamicTest> overManyStepsWithAStopRule() {
        return onDevices((engine, tasks) -> {
            ResidentTasks.Setting setting =
                    setting(2, "set", 13).with(MlpSpec.of(2, 2, 1)).with(Optimiser.sgd(0.01));
            TrainTask task = ResidentTasks.constrained(
                    tasks.task(setting),
                    spec -> spec.withSteps(2100)
                            .withSchedule(new Schedule.Cosine(2100, 0.1))
                            .withStopRule(StopRule.lossBelow(0.02, 50)));
            requireSame(trained(engine, task, Way.CAPTURED), trained(engine, task, Way.STEPWISE));
        });
    }

    @TestFactory
    Stream<DynamicTest> interruptedAndResumedInTheMiddleOfAStretch() {
        return onDevices((engine, tasks) -> {
            TrainTask task = tasks.task(setting(3, "set", 4).with(ResidentTasks.optimiser(UpdateRule.ADAM, 3)));
            List<HostTensor> whole = new ArrayList<>();
            try (Trainer trainer = new Trainer(engine, task, Way.STEPWISE)) {
                trainer.run(Control.of());
                whole.addAll(trainer.checkpoint().tensors().values());
            }
            for (int cut : new int[] {1, 5, 18}) {
                Checkpoint halfway;
                try (Trainer trainer = new Trainer(engine, task, Way.CAPTURED)) {
                    trainer.advance(cut);
                    halfway = trainer.checkpoint();
                    trainer.advance(3); // goes on beyond, and is thrown back
                    trainer.restore(halfway);
                    trainer.run(Control.of());
                    requireSame(List.copyOf(trainer.checkpoint().tensors().values()), whole);
                }
                for (Way way : List.of(Way.CAPTURED, Way.STEPWISE)) {
                    try (Trainer trainer = new Trainer(engine, task, way)) {
                        assertThat(trainer.restore(halfway)).isEmpty();
                        trainer.run(Control.of());
                        requireSame(List.copyOf(trainer.checkpoint().tensors().values()), whole);
                    }
                }
            }
        });
    }

    /** The loss of a large batch is summed in scratch memory, which a listener makes grow and so move. */
    @TestFactory
    Stream<DynamicTest> whenScratchMemoryMovesBetweenReplays() {
        return onDevices((engine, tasks) -> {
            TrainTask task = tasks.task(setting(1, "fresh", 33_000).with(MlpSpec.of(1, 2)));
            List<HostTensor> stepwise = trained(engine, task, Way.STEPWISE);
            try (Arena arena = engine.openArena("moments")) {
                View x = arena.zeros(DType.F32, Shape.of(900, 2, 2)).view();
                View rho = arena.zeros(DType.F64, Shape.of(900, 2, 2)).view();
                Listener growing =
                        Cadence.at(12L).calling(state -> engine.reduce().correlation(rho, x, x));
                requireSame(trained(engine, task, Way.CAPTURED, growing), stepwise);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> launchesAreCounted() {
        return onDevices((engine, tasks) -> {
            try (Trainer trainer = new Trainer(engine, tasks.task(setting(2, "fresh", 2)), Way.CAPTURED)) {
                assertThat(trainer.recordedSteps()).contains(Captured.Counts.NONE);
                trainer.advance(1 + 2 * 8 + 3);
                // Inputs 1, teacher 2, forward 2, loss 1, backward 3, guard and update 1; and the clock.
                assertThat(trainer.recordedSteps()).contains(new Captured.Counts(11, 19, 2 + 3, 1));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> theChoiceIsSaidAndCanBeForced() {
        return onDevices((engine, tasks) -> {
            MlpSpec scaled = MlpSpec.of(5, 7, 3).withParametrisation(Parametrisation.NTK);
            TrainTask task = tasks.task(setting(2, "fresh", 1).with(scaled));
            try (Trainer trainer = new Trainer(engine, task);
                    Trainer stepwise = new Trainer(engine, task, Way.STEPWISE)) {
                assertThat(trainer.way()).isEqualTo("captured: the parametrisation has multipliers");
                assertThat(stepwise.way()).isEqualTo("step by step: asked for");
                assertThat(stepwise.recordedSteps()).isEmpty();
                assertThat(trainer.identity()).isEqualTo(stepwise.identity());
            }
            try (Trainer trainer = new Trainer(engine, task, Way.CAPTURED)) {
                assertThat(trainer.way()).isEqualTo("captured: asked for");
            }
        });
    }

    /** Hides that the batches of a source can be recorded. */
    private record Unrecorded(DataSource source) implements DataSource {
        @Override
        public long replicas() {
            return source.replicas();
        }

        @Override
        public long inputs() {
            return source.inputs();
        }

        @Override
        public DType dtype() {
            return source.dtype();
        }

        @Override
        public long largestBatch() {
            return source.largestBatch();
        }

        @Override
        public long smallestBatch() {
            return source.smallestBatch();
        }

        @Override
        public Batch batch(long step) {
            return source.batch(step);
        }

        @Override
        public Map<String, String> describe() {
            return source.describe();
        }
    }

    @TestFactory
    Stream<DynamicTest> aSourceThatCannotBeRecordedIsTrainedStepByStep() {
        return onDevices((engine, tasks) -> {
            TrainTask like = tasks.task(setting(2, "fresh", 1));
            DataSource data = new Unrecorded(like.data());
            TrainTask task = TrainTask.of(like.student(), like.initial(), data, like.targets(), like.spec());
            try (Trainer trainer = new Trainer(engine, task)) {
                assertThat(trainer.way())
                        .isEqualTo("step by step: the data source makes single batches alone; "
                                + "the data source makes batches that cannot be recorded");
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Trainer(engine, task, Way.CAPTURED))
                    .withMessageContaining("cannot be trained captured: the data source makes batches that");
        });
    }

    @TestFactory
    Stream<DynamicTest> twoTrainersTakeTurnsOnOneEngine() {
        return onDevices((engine, tasks) -> {
            List<TrainTask> both = List.of(tasks.task(setting(2, "set", 4)), tasks.task(setting(3, "fresh", 2)));
            try (Trainer one = new Trainer(engine, both.get(0), Way.CAPTURED);
                    Trainer other = new Trainer(engine, both.get(1), Way.CAPTURED)) {
                for (int updates : new int[] {1, 9, 2, 11}) {
                    one.advance(updates);
                    other.advance(updates);
                }
                List<Trainer> turns = List.of(one, other);
                for (int i = 0; i < turns.size(); i++) {
                    try (Trainer single = new Trainer(engine, both.get(i), Way.STEPWISE)) {
                        single.advance(STEPS);
                        requireSame(
                                List.copyOf(turns.get(i).checkpoint().tensors().values()),
                                List.copyOf(single.checkpoint().tensors().values()));
                    }
                }
            }
        });
    }

    @Test
    void anEngineWithoutRefuses() {
        Engine cpu = SOURCE.reference();
        try (ResidentTasks tasks = new ResidentTasks(cpu)) {
            TrainTask task = tasks.task(setting(2, "fresh", 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Trainer(cpu, task, Way.CAPTURED))
                    .withMessageContaining("cannot be trained captured: this engine records no steps");
        }
    }
}

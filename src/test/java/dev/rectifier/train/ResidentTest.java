package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.DataSource;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.model.Activation;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Training by stretches leaves the bits of training step by step: the single operations are the oracle. */
class ResidentTest {
    private static final SeedTree SEED = SeedTree.root(7);
    private static final int STEPS = 23;
    private static final int SET = 13;

    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(2)).engine();
    private final Arena arena = engine.openArena("test");

    @AfterEach
    void close() {
        arena.close();
        engine.close();
    }

    /** A task in words. */
    private record Setting(
            DType dtype, int replicas, MlpSpec student, LossKind loss, Optimiser optimiser, String data, int batch) {
        Setting(int replicas, String data, int batch) {
            this(DType.F32, replicas, MlpSpec.of(5, 7, 3), LossKind.SQUARED, Optimiser.sgd(0.05), data, batch);
        }

        Setting with(DType newType) {
            return new Setting(newType, replicas, student, loss, optimiser, data, batch);
        }

        Setting with(MlpSpec newStudent) {
            return new Setting(dtype, replicas, newStudent, loss, optimiser, data, batch);
        }

        Setting with(LossKind newLoss) {
            return new Setting(dtype, replicas, student, newLoss, optimiser, data, batch);
        }

        Setting with(Optimiser newOptimiser) {
            return new Setting(dtype, replicas, student, loss, newOptimiser, data, batch);
        }
    }

    private TrainTask task(Setting setting) {
        TrainSpec spec = TrainSpec.of(
                        new Loss(setting.loss(), Loss.Convention.MEAN_OVER_EXAMPLES), setting.optimiser(), STEPS)
                .withSchedule(new Schedule.WarmUp(4, new Schedule.Cosine(STEPS, 0.1)));
        HostTensor initial = Initializer.draw(setting.student(), setting.dtype(), streams(setting, "initial"));
        boolean fromData = setting.data().startsWith("labelled");
        Targets targets = fromData ? new Targets.FromData() : teacher(setting);
        return TrainTask.of(setting.student(), initial, data(setting), targets, spec);
    }

    private static Streams streams(Setting setting, String purpose) {
        return Streams.range(SEED.child(purpose), 0, setting.replicas());
    }

    private static Targets teacher(Setting setting) {
        MlpSpec spec =
                MlpSpec.of(setting.student().inputs(), 4, setting.student().outputs());
        boolean own = setting.data().contains("own teachers");
        HostTensor parameters = Initializer.draw(
                spec, setting.dtype(), own ? streams(setting, "teachers") : Streams.single(SEED.child("teacher")));
        return new Targets.Teacher(
                spec,
                parameters,
                setting.loss() == LossKind.SOFTMAX_CROSS_ENTROPY
                        ? Targets.Teacher.Answer.LABEL
                        : Targets.Teacher.Answer.OUTPUTS);
    }

    private DataSource data(Setting setting) {
        Sharing sharing = setting.data().contains("shared") ? Sharing.SHARED : Sharing.PER_REPLICA;
        int inputs = setting.student().inputs();
        if (setting.data().startsWith("fresh")) {
            StreamSpec stream =
                    setting.data().contains("uniform") ? StreamSpec.uniform(-1, 2) : StreamSpec.normal(0.25, 1.5);
            InputShape shape = new InputShape(setting.dtype(), setting.batch(), inputs);
            return new FreshInputs(engine, arena, stream, shape, streams(setting, "inputs"), sharing);
        }
        InputShape shape = new InputShape(setting.dtype(), SET, inputs);
        FiniteSet set =
                FiniteSet.drawn(engine, arena, StreamSpec.normal(0, 1), shape, streams(setting, "set"), sharing);
        if (setting.data().startsWith("labelled")) {
            set = set.withTargets(arena, targets(setting));
        }
        BatchPlan plan = setting.data().contains("whole")
                ? BatchPlan.full(SET)
                : setting.data().contains("replaced")
                        ? BatchPlan.withReplacement(SET, setting.batch())
                        : BatchPlan.shuffled(SET, setting.batch());
        return new Minibatches(engine, arena, set, plan, streams(setting, "order"), sharing);
    }

    private static HostTensor targets(Setting setting) {
        Random random = new Random(3);
        int outputs = setting.student().outputs();
        if (setting.loss() == LossKind.SOFTMAX_CROSS_ENTROPY) {
            HostTensor labels = HostTensor.zeros(DType.I32, Shape.of(1, SET));
            for (int i = 0; i < labels.length(); i++) {
                labels.ints()[i] = random.nextInt(outputs);
            }
            return labels;
        }
        HostTensor values = HostTensor.zeros(setting.dtype(), Shape.of(setting.replicas(), SET, outputs));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextBoolean() ? 1 : -1);
        }
        return values;
    }

    /** All state and the gradient, at some steps on the way and at the end. */
    private List<HostTensor> trained(TrainTask task, Way way) {
        List<HostTensor> seen = new ArrayList<>();
        try (Trainer trainer = new Trainer(engine, task, way)) {
            trainer.run(Control.of(Cadence.at(0L, 1L, 8L, (long) STEPS).calling(state -> {
                seen.add(state.parameters().flat().download());
                seen.add(state.gradient().flat().download());
                seen.add(state.loss().download());
            })));
            seen.addAll(trainer.checkpoint().tensors().values());
        }
        return seen;
    }

    private void requireSameBits(TrainTask task) {
        List<HostTensor> stepwise = trained(task, Way.STEPWISE);
        List<HostTensor> resident = trained(task, Way.RESIDENT);
        assertThat(resident).hasSameSizeAs(stepwise);
        for (int i = 0; i < stepwise.size(); i++) {
            assertThat(resident.get(i).sameBits(stepwise.get(i)))
                    .as("tensor %d", i)
                    .isTrue();
        }
    }

    static Stream<Setting> sources() {
        return Stream.of(1, 3, 64)
                .flatMap(replicas -> Stream.of(
                        new Setting(replicas, "fresh", 1),
                        new Setting(replicas, "fresh uniform own teachers", 3),
                        new Setting(replicas, "fresh shared", 2),
                        new Setting(replicas, "set", 4),
                        new Setting(replicas, "set shared", 1),
                        new Setting(replicas, "set replaced", 5),
                        new Setting(replicas, "labelled", 6),
                        new Setting(replicas, "labelled whole", 13)))
                .flatMap(setting -> Stream.of(setting, setting.with(DType.F64)));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void fromEverySource(Setting setting) {
        requireSameBits(task(setting));
    }

    static Stream<Setting> networks() {
        MlpSpec deep = MlpSpec.of(4, 6, 9, 2);
        return Stream.of(
                        deep,
                        deep.withBias(false),
                        deep.withActivation(Activation.IDENTITY),
                        MlpSpec.of(3, 2),
                        MlpSpec.of(1, 1, 1),
                        MlpSpec.of(10, 10, 1),
                        MlpSpec.of(2, 33, 31, 1))
                .flatMap(net -> Stream.of(1, 2, 3).map(batch -> new Setting(5, "fresh", batch).with(net)))
                .flatMap(setting -> Stream.of(setting, setting.with(DType.F64)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void ofEveryNetwork(Setting setting) {
        requireSameBits(task(setting));
    }

    static Stream<Setting> losses() {
        return Stream.of(LossKind.values())
                .flatMap(loss -> Stream.of(new Setting(9, "labelled", 4), new Setting(9, "fresh", 1))
                        .map(setting -> setting.with(loss)))
                .flatMap(setting -> Stream.of(setting, setting.with(DType.F64)));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void forEveryLoss(Setting setting) {
        requireSameBits(task(setting));
    }

    /** Every hyper-parameter different in every replica. */
    private static Optimiser optimiser(UpdateRule rule, int replicas) {
        Random random = new Random(11);
        Map<Hyper, List<Double>> values = new EnumMap<>(Hyper.class);
        for (Hyper name : Hyper.values()) {
            values.put(name, random.doubles(replicas, 0.01, 0.3).boxed().toList());
        }
        return new Optimiser(rule, values);
    }

    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void byEveryRule(UpdateRule rule) {
        Setting setting = new Setting(6, "set", 4).with(optimiser(rule, 6));
        requireSameBits(task(setting));
        requireSameBits(task(setting.with(DType.F64)));
        requireSameBits(task(new Setting(6, "fresh", 1).with(optimiser(rule, 6))));
    }

    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void withMasksFrozenLayersAndUnitNorm(UpdateRule rule) {
        TrainTask plain = task(new Setting(6, "fresh", 2).with(optimiser(rule, 6)));
        requireSameBits(masked(plain));
        requireSameBits(constrained(plain, spec -> spec.withConstraints(Constraints.unitNorm(0, 1))));
        requireSameBits(constrained(plain, spec -> spec.withConstraints(new Constraints(List.of(0), List.of(1)))));
    }

    private static TrainTask constrained(TrainTask task, UnaryOperator<TrainSpec> change) {
        return TrainTask.of(task.student(), task.initial(), task.data(), task.targets(), change.apply(task.spec()));
    }

    private static TrainTask masked(TrainTask task) {
        long words = PointwiseOps.maskWords(ParameterLayout.of(task.student()).size());
        HostTensor mask = HostTensor.zeros(DType.I32, Shape.of(task.replicas(), words));
        Random random = new Random(5);
        for (int i = 0; i < mask.length(); i++) {
            mask.ints()[i] = random.nextInt();
        }
        return new TrainTask(
                task.student(), task.initial(), task.data(), task.targets(), task.spec(), Optional.of(mask));
    }

    /** Some replicas diverge, at different steps and by different causes; the others and the frozen ones keep their bits. */
    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void whileSomeReplicasBreak(UpdateRule rule) {
        List<Double> rates = List.of(0.01, 3.0, 30.0, 0.02, 1e10, 1e18, 1e30, 0.05, 1e38, 7.0);
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            Setting setting = new Setting(10, "fresh", 3)
                    .with(dtype)
                    .with(Optimiser.adam(0.01).with(Hyper.LEARNING_RATE, rates))
                    .with(new Optimiser(
                            rule,
                            Map.of(
                                    Hyper.LEARNING_RATE, rates,
                                    Hyper.MOMENTUM, List.of(0.9),
                                    Hyper.BETA2, List.of(0.99),
                                    Hyper.EPSILON, List.of(1e-8))));
            TrainTask task = task(setting);
            requireSameBits(task);
            requireSameBits(masked(task));
        }
    }

    @Test
    void andAReplicaOfNaNFromTheStart() {
        TrainTask task = task(new Setting(4, "fresh", 1));
        task.initial().set(3, Double.NaN);
        task.initial().set(60, Double.POSITIVE_INFINITY);
        requireSameBits(task);
    }

    @Test
    void stoppedByARuleAtItsLooks() {
        TrainTask task = task(new Setting(8, "set", 4));
        requireSameBits(constrained(task, spec -> spec.withStopRule(StopRule.lossBelow(1.0, 5))));
    }

    @Test
    void theChoiceIsSaidAndCanBeForced() {
        TrainTask small = task(new Setting(8, "fresh", 1));
        try (Trainer trainer = new Trainer(engine, small)) {
            assertThat(trainer.way()).isEqualTo("resident: the networks are small");
        }
        try (Trainer trainer = new Trainer(engine, small, Way.STEPWISE)) {
            assertThat(trainer.way()).isEqualTo("step by step: asked for");
        }
        MlpSpec scaled = MlpSpec.of(5, 7, 3).withParametrisation(Parametrisation.NTK);
        TrainTask multiplied = task(new Setting(8, "fresh", 1).with(scaled));
        try (Trainer trainer = new Trainer(engine, multiplied)) {
            assertThat(trainer.way()).isEqualTo("step by step: the parametrisation has multipliers");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(engine, multiplied, Way.RESIDENT))
                .withMessageContaining("the parametrisation has multipliers");
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"RESIDENT", "STEPWISE"})
    void aRunInWhichNothingMovesAnyMoreEnds(Way way) {
        TrainTask task = task(new Setting(2, "fresh", 1).with(Optimiser.sgd(1e38)));
        TrainTask forever =
                constrained(task, spec -> spec.withSteps(Long.MAX_VALUE).withSchedule(Schedule.CONSTANT));
        try (Trainer trainer = new Trainer(engine, forever, way)) {
            Outcome outcome = trainer.run(Control.of(Cadence.ends().calling(state -> {})));
            assertThat(outcome.end()).isEqualTo(Outcome.End.ALL_FROZEN);
            assertThat(outcome.step()).isEqualTo(4096);
            assertThat(outcome.failures()).isEqualTo(2);
        }
    }
}

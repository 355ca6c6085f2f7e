package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.cpu.SideBySide;
import dev.rectifier.model.Activation;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training by stretches leaves the bits of training step by step, replicas side by side and one at a time: the single
 * operations are the oracle.
 */
class ResidentTest {
    private static final int STEPS = ResidentTasks.STEPS;

    private final AtomicInteger lanes = new AtomicInteger();
    private final Engine engine = SideBySide.engine(2, lanes::get);
    private final ResidentTasks tasks = new ResidentTasks(engine);

    @AfterEach
    void close() {
        tasks.close();
        engine.close();
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
        int half = Math.toIntExact((task.replicas() + 1) / 2);
        for (int count : List.of(0, half)) {
            lanes.set(count);
            List<HostTensor> resident = trained(task, Way.RESIDENT);
            assertThat(resident).hasSameSizeAs(stepwise);
            for (int i = 0; i < stepwise.size(); i++) {
                assertThat(resident.get(i).sameBits(stepwise.get(i)))
                        .as("tensor %d with %d lanes", i, count)
                        .isTrue();
            }
        }
    }

    static Stream<ResidentTasks.Setting> sources() {
        return Stream.of(1, 3, 64)
                .flatMap(replicas -> Stream.of(
                        new ResidentTasks.Setting(replicas, "fresh", 1),
                        new ResidentTasks.Setting(replicas, "fresh uniform own teachers", 3),
                        new ResidentTasks.Setting(replicas, "fresh shared", 2),
                        new ResidentTasks.Setting(replicas, "set", 4),
                        new ResidentTasks.Setting(replicas, "set shared", 1),
                        new ResidentTasks.Setting(replicas, "set replaced", 5),
                        new ResidentTasks.Setting(replicas, "labelled", 6),
                        new ResidentTasks.Setting(replicas, "labelled whole", 13),
                        new ResidentTasks.Setting(replicas, "set", 17),
                        new ResidentTasks.Setting(replicas, "fresh own teachers", 16),
                        new ResidentTasks.Setting(replicas, "labelled", 19)))
                .flatMap(setting -> Stream.of(setting, setting.with(DType.F64)));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void fromEverySource(ResidentTasks.Setting setting) {
        requireSameBits(tasks.task(setting));
    }

    static Stream<ResidentTasks.Setting> networks() {
        MlpSpec deep = MlpSpec.of(4, 6, 9, 2);
        return Stream.of(
                        deep,
                        deep.withBias(false),
                        deep.withActivation(Activation.IDENTITY),
                        MlpSpec.of(3, 2),
                        MlpSpec.of(1, 1, 1),
                        MlpSpec.of(10, 10, 1),
                        MlpSpec.of(2, 33, 31, 1))
                .flatMap(net ->
                        Stream.of(1, 2, 3, 18).map(batch -> new ResidentTasks.Setting(5, "fresh", batch).with(net)))
                .flatMap(setting -> Stream.of(setting, setting.with(DType.F64)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void ofEveryNetwork(ResidentTasks.Setting setting) {
        requireSameBits(tasks.task(setting));
    }

    /** Products that go to OpenBLAS, in whole and in part, in one band of rows and in several. */
    static Stream<ResidentTasks.Setting> largerNetworks() {
        return Stream.of(1, 3, 64)
                .flatMap(replicas -> Stream.of(
                        new ResidentTasks.Setting(replicas, "fresh", 32).with(MlpSpec.of(50, 50, 10)),
                        new ResidentTasks.Setting(replicas, "labelled", 13).with(MlpSpec.of(37, 41, 9)),
                        new ResidentTasks.Setting(replicas, "fresh own teachers", 33).with(MlpSpec.of(31, 29, 17, 1))))
                .flatMap(setting -> Stream.of(setting, setting.with(DType.F64)));
    }

    static Stream<ResidentTasks.Setting> largestNetworks() {
        MlpSpec net = MlpSpec.of(21, 150, 30);
        return Stream.of(
                new ResidentTasks.Setting(2, "fresh uniform", 131).with(net),
                new ResidentTasks.Setting(2, "fresh", 40).with(net.withBias(false)),
                new ResidentTasks.Setting(2, "fresh shared", 20).with(net.withActivation(Activation.IDENTITY)),
                new ResidentTasks.Setting(2, "labelled", 10).with(net).with(LossKind.SOFTMAX_CROSS_ENTROPY),
                new ResidentTasks.Setting(2, "fresh", 20).with(net).with(LossKind.SOFTMAX_CROSS_ENTROPY),
                new ResidentTasks.Setting(2, "labelled whole", 13).with(MlpSpec.of(400, 300, 9)));
    }

    @ParameterizedTest
    @MethodSource({"largerNetworks", "largestNetworks"})
    void oneByOne(ResidentTasks.Setting setting) {
        requireSameBits(tasks.task(setting));
    }

    private static ResidentTasks.Setting oneByOne(UpdateRule rule, int replicas) {
        return new ResidentTasks.Setting(replicas, "fresh", 30)
                .with(MlpSpec.of(25, 24, 11))
                .with(ResidentTasks.optimiser(rule, replicas));
    }

    /** Small products over a batch that fills vectors. */
    private static ResidentTasks.Setting unitByUnit(UpdateRule rule, int replicas) {
        return new ResidentTasks.Setting(replicas, "fresh", 18).with(ResidentTasks.optimiser(rule, replicas));
    }

    static Stream<ResidentTasks.Setting> losses() {
        return Stream.of(LossKind.values())
                .flatMap(loss -> Stream.of(
                                new ResidentTasks.Setting(9, "labelled", 4),
                                new ResidentTasks.Setting(9, "fresh", 1),
                                new ResidentTasks.Setting(3, "labelled", 17))
                        .map(setting -> setting.with(loss)))
                .flatMap(setting -> Stream.of(setting, setting.with(DType.F64)));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void forEveryLoss(ResidentTasks.Setting setting) {
        requireSameBits(tasks.task(setting));
    }

    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void byEveryRule(UpdateRule rule) {
        ResidentTasks.Setting setting = new ResidentTasks.Setting(6, "set", 4).with(ResidentTasks.optimiser(rule, 6));
        requireSameBits(tasks.task(setting));
        requireSameBits(tasks.task(setting.with(DType.F64)));
        requireSameBits(tasks.task(new ResidentTasks.Setting(6, "fresh", 1).with(ResidentTasks.optimiser(rule, 6))));
        requireSameBits(tasks.task(oneByOne(rule, 3)));
        requireSameBits(tasks.task(unitByUnit(rule, 3)));
    }

    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void withMasksFrozenLayersAndUnitNorm(UpdateRule rule) {
        requireSameConstrained(new ResidentTasks.Setting(6, "fresh", 2).with(ResidentTasks.optimiser(rule, 6)));
        requireSameConstrained(oneByOne(rule, 3));
        requireSameConstrained(unitByUnit(rule, 3));
    }

    private void requireSameConstrained(ResidentTasks.Setting setting) {
        TrainTask plain = tasks.task(setting);
        requireSameBits(ResidentTasks.masked(plain));
        requireSameBits(ResidentTasks.constrained(plain, spec -> spec.withConstraints(Constraints.unitNorm(0, 1))));
        requireSameBits(ResidentTasks.constrained(
                plain, spec -> spec.withConstraints(new Constraints(List.of(0), List.of(1)))));
    }

    /** Some replicas diverge, at different steps and by different causes; the others and the frozen ones keep their bits. */
    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void whileSomeReplicasBreak(UpdateRule rule) {
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            requireSameWhileBreaking(rule, new ResidentTasks.Setting(10, "fresh", 3).with(dtype));
            requireSameWhileBreaking(rule, oneByOne(rule, 10).with(dtype));
            requireSameWhileBreaking(rule, unitByUnit(rule, 10).with(dtype));
        }
    }

    private void requireSameWhileBreaking(UpdateRule rule, ResidentTasks.Setting setting) {
        List<Double> rates = List.of(0.01, 3.0, 30.0, 0.02, 1e10, 1e18, 1e30, 0.05, 1e38, 7.0);
        Optimiser breaking = new Optimiser(
                rule,
                Map.of(
                        Hyper.LEARNING_RATE, rates,
                        Hyper.MOMENTUM, List.of(0.9),
                        Hyper.BETA2, List.of(0.99),
                        Hyper.EPSILON, List.of(1e-8)));
        TrainTask task = tasks.task(setting.with(breaking));
        requireSameBits(task);
        requireSameBits(ResidentTasks.masked(task));
    }

    static Stream<ResidentTasks.Setting> populations() {
        return Stream.of(UpdateRule.values())
                .flatMap(rule -> Stream.of(
                        ResidentTasks.population(6, "").with(ResidentTasks.optimiser(rule, 6)),
                        ResidentTasks.population(3, "own teachers")
                                .with(MlpSpec.of(2, 33, 1).withBias(false))
                                .with(ResidentTasks.optimiser(rule, 3))))
                .flatMap(setting -> Stream.of(setting, setting.with(DType.F64)));
    }

    @ParameterizedTest
    @MethodSource("populations")
    void onAllInputsAtOnce(ResidentTasks.Setting setting) {
        requireSameBits(tasks.task(setting));
        requireSameConstrained(setting);
        requireSameWhileBreaking(
                setting.optimiser().rule(), ResidentTasks.population(10, "").with(setting.dtype()));
        TrainTask stopped = tasks.task(setting);
        requireSameBits(ResidentTasks.constrained(stopped, spec -> spec.withStopRule(StopRule.lossBelow(0.5, 5))));
    }

    @Test
    void andAReplicaOfNaNFromTheStart() {
        TrainTask task = tasks.task(new ResidentTasks.Setting(4, "fresh", 1));
        task.initial().set(3, Double.NaN);
        task.initial().set(60, Double.POSITIVE_INFINITY);
        requireSameBits(task);
    }

    @Test
    void stoppedByARuleAtItsLooks() {
        TrainTask task = tasks.task(new ResidentTasks.Setting(8, "set", 4));
        requireSameBits(ResidentTasks.constrained(task, spec -> spec.withStopRule(StopRule.lossBelow(1.0, 5))));
    }

    @Test
    void theChoiceIsSaidAndCanBeForced() {
        TrainTask small = tasks.task(new ResidentTasks.Setting(8, "fresh", 1));
        try (Trainer trainer = new Trainer(engine, small)) {
            assertThat(trainer.way()).isEqualTo("resident: one replica at a time");
        }
        lanes.set(4);
        try (Trainer trainer = new Trainer(engine, small)) {
            assertThat(trainer.way()).isEqualTo("resident: 4 replicas as vector lanes");
        }
        try (Trainer trainer = new Trainer(engine, small, Way.STEPWISE)) {
            assertThat(trainer.way()).isEqualTo("step by step: asked for");
        }
        MlpSpec scaled = MlpSpec.of(5, 7, 3).withParametrisation(Parametrisation.NTK);
        TrainTask multiplied = tasks.task(new ResidentTasks.Setting(8, "fresh", 1).with(scaled));
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
        TrainTask task = tasks.task(new ResidentTasks.Setting(2, "fresh", 1).with(Optimiser.sgd(1e38)));
        TrainTask forever = ResidentTasks.constrained(
                task, spec -> spec.withSteps(Long.MAX_VALUE).withSchedule(Schedule.CONSTANT));
        try (Trainer trainer = new Trainer(engine, forever, way)) {
            Outcome outcome = trainer.run(Control.of(Cadence.ends().calling(state -> {})));
            assertThat(outcome.end()).isEqualTo(Outcome.End.ALL_FROZEN);
            assertThat(outcome.step()).isEqualTo(4096);
            assertThat(outcome.failures()).isEqualTo(2);
        }
    }
}

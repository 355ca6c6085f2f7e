package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.DraftEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineInfo;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A plan against what the arenas of every engine really hold, and what it says of memory that does not suffice. */
class MemoryPlanTest extends OnEveryEngine {
    private static final EngineInfo INFO = new EngineInfo("draft", "none", EngineOptions.defaults(), Map.of());

    private record Case(String name, ResidentTasks.Setting setting, UnaryOperator<TrainTask> change) {
        Case(String data, int batch) {
            this(data + " " + batch, new ResidentTasks.Setting(2, data, batch), task -> task);
        }

        Case with(String what, UnaryOperator<ResidentTasks.Setting> other) {
            return new Case(name + ", " + what, other.apply(setting), change);
        }

        Case with(UnaryOperator<TrainTask> other) {
            return new Case(name + ", constrained", setting, other);
        }

        ResidentTasks.Setting of(int replicas) {
            return new ResidentTasks.Setting(
                    setting.dtype(),
                    replicas,
                    setting.student(),
                    setting.loss(),
                    setting.optimiser(),
                    setting.data(),
                    setting.batch());
        }
    }

    private static TrainTask constrained(TrainTask task) {
        return ResidentTasks.constrained(task, spec -> spec.withConstraints(new Constraints(List.of(0), List.of(1))));
    }

    private static List<Case> cases() {
        MlpSpec bare = MlpSpec.of(4, 6, 9, 2).withBias(false);
        MlpSpec pair = MlpSpec.of(4, 6, 2).withBias(false);
        return List.of(
                new Case("fresh", 1),
                new Case("fresh shared", 3),
                new Case("fresh uniform own teachers", 40),
                new Case("set", 4),
                new Case("set shared", 5),
                new Case("set replaced", 5),
                new Case("labelled", 6),
                new Case("labelled whole", 13),
                new Case("labelled", 4).with("entropy", s -> s.with(LossKind.SOFTMAX_CROSS_ENTROPY)),
                new Case("fresh", 4).with("entropy", s -> s.with(LossKind.SOFTMAX_CROSS_ENTROPY)),
                new Case("fresh", 33).with("F64", s -> s.with(DType.F64)),
                new Case("fresh", 8).with("Adam", s -> s.with(Optimiser.adam(0.1))),
                new Case("set", 8).with("momentum", s -> s.with(Optimiser.momentum(0.1, 0.9))),
                new Case("fresh", 8).with("NTK", s -> s.with(s.student().withParametrisation(Parametrisation.NTK))),
                new Case("fresh", 8).with("without biases", s -> s.with(bare)).with(MemoryPlanTest::constrained),
                new Case("fresh", 2).with(ResidentTasks::masked),
                new Case("population", 1).with("without biases", s -> s.with(pair)));
    }

    /** Data and trainer, drafted with two replicas, for any number of them. */
    private static MemoryPlan drafted(Case wanted, int replicas) {
        try (DraftEngine draft = new DraftEngine(INFO);
                ResidentTasks tasks = new ResidentTasks(draft);
                Trainer trainer = new Trainer(draft, wanted.change().apply(tasks.task(wanted.of(2))))) {
            assertThat(trainer.replicas()).isEqualTo(2);
            return MemoryPlan.of(draft, 2, replicas);
        }
    }

    private static void sameAsHeld(Engine engine, Case wanted, int replicas) {
        long before = engine.bytesInUse();
        try (ResidentTasks tasks = new ResidentTasks(engine)) {
            TrainTask task = wanted.change().apply(tasks.task(wanted.of(replicas)));
            long data = engine.bytesInUse();
            try (Trainer trainer = new Trainer(engine, task)) {
                trainer.advance();
                long held = engine.bytesInUse();
                assertThat(MemoryPlan.of(engine, task).bytes()).isEqualTo(held - data);
                assertThat(drafted(wanted, replicas).bytes()).isEqualTo(held - before);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> saysToTheByteWhatTheArenasHold() {
        return engines()
                .flatMap(present -> cases().stream()
                        .map(wanted -> DynamicTest.dynamicTest(present + " " + wanted.name(), () -> {
                            for (int replicas : new int[] {1, 2, 7}) {
                                sameAsHeld(present.engine(), wanted, replicas);
                            }
                        })));
    }

    /** Sweeps hold more than single steps: partial outputs, extremes, and the inputs of two steps. */
    @TestFactory
    Stream<DynamicTest> countsWhatSweepsHold() {
        return engines()
                .map(present -> DynamicTest.dynamicTest(present.toString(), () -> {
                    Engine engine = present.engine();
                    try (ResidentTasks tasks = new ResidentTasks(engine)) {
                        TrainTask task = tasks.task(new Case("fresh", 4)
                                .with("wide", s -> s.with(MlpSpec.of(5, 70, 3)))
                                .of(3));
                        long data = engine.bytesInUse();
                        try (Trainer trainer = new Trainer(engine, task, Way.STREAMED)) {
                            trainer.advance();
                            long held = engine.bytesInUse() - data;
                            assertThat(MemoryPlan.of(engine, task, Way.STREAMED).bytes())
                                    .isEqualTo(held);
                            assertThat(MemoryPlan.of(engine, task, Way.STEPWISE).bytes())
                                    .isLessThan(held);
                        }
                    }
                }));
    }

    @Test
    void namesEveryBufferWithItsAxes() {
        MemoryPlan plan = drafted(new Case("fresh", 3).with("momentum", s -> s.with(Optimiser.momentum(1, 0.5))), 9);
        assertThat(plan.items().stream()
                        .map(item -> item.owner() + ": " + item.name() + " " + item.axes() + " " + item.bytes(9)))
                .contains(
                        "trainer: weights F32 [R, 66] " + 9 * 66 * 4,
                        "trainer: optimiser state F32 [R, 66] " + 9 * 66 * 4,
                        "trainer: gradient F32 [R, 66] " + 9 * 66 * 4,
                        "trainer: activation F32 [R, 3, 7] " + 9 * 21 * 4,
                        "trainer: gates I32 [R, 1] " + 9 * 4,
                        "trainer: output gradient F32 [R, 3, 3] " + 9 * 9 * 4,
                        "trainer: teacher, weights F32 [1, 39] " + 39 * 4,
                        "trainer: teacher, output F32 [R, 3, 3] " + 9 * 9 * 4,
                        "tasks: inputs of a batch F32 [R, 3, 5] " + 9 * 15 * 4);
        assertThat(plan.shared()).isEqualTo(39 * 4);
        assertThat(plan.bytes()).isEqualTo(39 * 4 + 9 * plan.perReplica());
        assertThat(plan.bytes(2)).isEqualTo(39 * 4 + 2 * plan.perReplica());
    }

    @Test
    void theLargestNumberOfReplicasFitsAndOneMoreDoesNot() {
        MemoryPlan plan = drafted(new Case("fresh", 3), 5);
        long each = plan.perReplica();
        DeviceMemory five = memory(plan.bytes(5));
        assertThat(plan.largest(five)).isEqualTo(5);
        assertThat(plan.fits(five)).isTrue();
        assertThat(plan.fits(memory(plan.bytes(5) - 1))).isFalse();
        assertThat(plan.largest(memory(plan.bytes(5) - 1))).isEqualTo(4);
        assertThat(plan.largest(memory(plan.bytes(6) - 1))).isEqualTo(5);
        assertThat(plan.largest(memory(each - 1))).isZero();
        assertThat(plan.largest(memory(plan.shared() - 1))).isZero();
        assertThat(plan.largest(DeviceMemory.UNKNOWN)).isGreaterThan(Integer.MAX_VALUE);
    }

    /** So much is available beside a reserve of 1000 bytes. */
    private static DeviceMemory memory(long available) {
        return new DeviceMemory(available + 1000, 1L << 40, 1000, "Buy more.");
    }

    @Test
    void refusalGivesTheNumbersAndNothingIsAllocated() {
        Engine engine = SOURCE.reference();
        try (ResidentTasks tasks = new ResidentTasks(engine)) {
            TrainTask task = tasks.task(new Case("fresh", 3).of(5));
            MemoryPlan plan = MemoryPlan.of(engine, task);
            LittleMemory four = new LittleMemory(engine, memory(plan.bytes() - 1));
            long before = engine.bytesInUse();
            assertThatThrownBy(() -> new Trainer(four.engine(), task).close())
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessage(plan.refusal(four.memory()))
                    .hasMessageContaining("before anything was allocated")
                    .hasMessageContaining("5 replicas")
                    .hasMessageContaining("free of 1.0 TiB, 1000 B of it kept in reserve")
                    .hasMessageContaining("The largest R that fits is 4")
                    .hasMessageEndingWith("Buy more.");
            assertThat(engine.bytesInUse()).isEqualTo(before);
            assertThat(four.arenas()).isZero();
            assertThat(plan.refusal(memory(10))).contains("Not even one replica fits");
        }
    }

    @Test
    void whatFitsIsTrained() {
        Engine engine = SOURCE.reference();
        try (ResidentTasks tasks = new ResidentTasks(engine)) {
            TrainTask task = tasks.task(new Case("fresh", 3).of(5));
            LittleMemory enough =
                    new LittleMemory(engine, memory(MemoryPlan.of(engine, task).bytes()));
            try (Trainer trainer = new Trainer(enough.engine(), task)) {
                assertThat(trainer.run(Control.of()).step()).isEqualTo(ResidentTasks.STEPS);
            }
        }
    }

    @Test
    void enginesKnowTheirMemory() {
        engines().forEach(present -> {
            DeviceMemory memory = present.engine().memory();
            assertThat(memory.isKnown()).isTrue();
            assertThat(memory.reserve()).isPositive();
            assertThat(memory.available()).isLessThan(memory.free());
        });
    }

    @Test
    void optimiserStateIsCountedByItsSlots() {
        long plain = drafted(new Case("fresh", 3), 1).bytes();
        Optimiser adam = new Optimiser(UpdateRule.ADAM, Optimiser.adam(0.1).hyper());
        assertThat(drafted(new Case("fresh", 3).with("Adam", s -> s.with(adam)), 1)
                        .bytes())
                .isEqualTo(plain + 2L * 66 * 4);
    }
}

package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Listeners that look back see, to the bit and in the same order, what they would see if training stood still for them. */
class ProbeRingTest extends OnEveryEngine {
    private static final String SLOTS = "rectifier.ring.slots";
    private static final int STEPS = ResidentTasks.STEPS;

    /** Looks back, and hands on what it sees. */
    private record Back(Consumer<TrainState> to) implements Listener {
        @Override
        public void observe(TrainState state) {
            to.accept(state);
        }

        @Override
        public boolean looksBack() {
            return true;
        }
    }

    private static String bits(HostTensor values) {
        return Integer.toString(
                values.dtype() == DType.F32 ? Arrays.hashCode(values.floats()) : Arrays.hashCode(values.doubles()));
    }

    /** All that a listener that looks back may see. */
    private static Listener back(String name, List<String> log) {
        return new Back(state -> log.add(name + " " + state.step() + ": "
                + bits(state.parameters().flat().download()) + " "
                + Arrays.toString(state.loss().download().doubles()) + " " + state.status()));
    }

    /** What it takes a stop to see. */
    private static Listener still(List<String> log) {
        return state -> log.add(
                "still " + state.step() + ": " + bits(state.gradient().flat().download()));
    }

    private static List<Listener> listeners(List<String> log) {
        return List.of(
                Cadence.every(5).calling(back("five", log)),
                Cadence.at(1L, 2L, 3L, 10L, 22L).calling(back("some", log)),
                Cadence.every(8).calling(still(log)));
    }

    private static void withSlots(int slots, Runnable trial) {
        String before = System.getProperty(SLOTS);
        System.setProperty(SLOTS, Integer.toString(slots));
        try {
            trial.run();
        } finally {
            if (before == null) {
                System.clearProperty(SLOTS);
            } else {
                System.setProperty(SLOTS, before);
            }
        }
    }

    /** The log of a run that keeps so many slots, and its last checkpoint. */
    private static List<String> log(Engine engine, TrainTask task, int slots) {
        List<String> log = new ArrayList<>();
        withSlots(slots, () -> {
            try (Trainer trainer = new Trainer(engine, task, Way.RESIDENT)) {
                trainer.run(Control.of().withListeners(listeners(log)));
                trainer.checkpoint().tensors().forEach((name, tensor) -> log.add(name + " " + text(tensor)));
            }
        });
        return log;
    }

    private static String text(HostTensor tensor) {
        return switch (tensor.dtype()) {
            case I32 -> Arrays.toString(tensor.ints());
            case I64 -> Arrays.toString(tensor.longs());
            default -> bits(tensor);
        };
    }

    private record Case(ResidentTasks.Setting setting, UnaryOperator<TrainTask> change) {}

    private static List<Case> cases() {
        List<Double> rates = List.of(0.01, 3.0, 30.0, 0.02, 1e10, 1e18, 1e30, 0.05, 1e38, 7.0);
        ResidentTasks.Setting breaking = new ResidentTasks.Setting(10, "fresh", 1)
                .with(Optimiser.sgd(0.1).with(Hyper.LEARNING_RATE, rates));
        List<Case> cases = new ArrayList<>();
        for (ResidentTasks.Setting setting : List.of(
                new ResidentTasks.Setting(1, "fresh", 1),
                new ResidentTasks.Setting(3, "set", 4).with(DType.F64),
                new ResidentTasks.Setting(3, "labelled", 6).with(LossKind.SOFTMAX_CROSS_ENTROPY),
                new ResidentTasks.Setting(64, "fresh shared", 3).with(ResidentTasks.optimiser(UpdateRule.ADAM, 64)),
                breaking,
                ResidentTasks.population(10, "").with(breaking.optimiser()),
                breaking.with(DType.F64))) {
            cases.add(new Case(setting, task -> task));
        }
        StopRule rule = StopRule.lossBelow(1.0, 6);
        cases.add(new Case(breaking, task -> ResidentTasks.constrained(task, spec -> spec.withStopRule(rule))));
        cases.add(new Case(breaking, ResidentTasks::masked));
        return cases;
    }

    @TestFactory
    Stream<DynamicTest> theLogIsThatOfARunThatStandsStill() {
        return engines()
                .flatMap(present -> cases().stream()
                        .map(wanted -> DynamicTest.dynamicTest(present + " " + wanted.setting(), () -> {
                            try (ResidentTasks tasks = new ResidentTasks(present.engine())) {
                                TrainTask task = wanted.change().apply(tasks.task(wanted.setting()));
                                List<String> cut = log(present.engine(), task, 0);
                                assertThat(cut)
                                        .hasSizeBetween(16, 6 + 5 + 4 + 5)
                                        .anyMatch(line -> line.startsWith("five 15"));
                                for (int slots : new int[] {1, 3, 256}) {
                                    assertThat(log(present.engine(), task, slots))
                                            .isEqualTo(cut);
                                }
                            }
                        })));
    }

    /** Without gradients, which a checkpoint does not hold. */
    @TestFactory
    Stream<DynamicTest> interruptedAnywhereAndResumed() {
        Case wanted = cases().get(4);
        return engines()
                .map(present -> DynamicTest.dynamicTest(present.toString(), () -> {
                    try (ResidentTasks tasks = new ResidentTasks(present.engine())) {
                        TrainTask task = tasks.task(wanted.setting());
                        List<String> cut = withoutStills(log(present.engine(), task, 0));
                        for (int stop = 0; stop < STEPS; stop++) {
                            List<String> log = new ArrayList<>();
                            Checkpoint reached = until(stop, present.engine(), task, log);
                            try (Trainer trainer = new Trainer(present.engine(), task, Way.RESIDENT)) {
                                trainer.restore(reached);
                                trainer.run(Control.of().withListeners(listeners(log)));
                            }
                            List<String> all = withoutStills(log);
                            assertThat(all)
                                    .as("stopped at %d", stop)
                                    .hasSize(11)
                                    .isEqualTo(cut.subList(0, 11));
                        }
                    }
                }));
    }

    private static List<String> withoutStills(List<String> log) {
        return log.stream().filter(line -> !line.startsWith("still")).toList();
    }

    private static Checkpoint until(int stop, Engine engine, TrainTask task, List<String> log) {
        try (Trainer trainer = new Trainer(engine, task, Way.RESIDENT)) {
            Cadence atStop = Cadence.at((long) stop);
            Outcome outcome = trainer.run(Control.of()
                    .withListeners(listeners(log))
                    .withCheckpoints(atStop, checkpoint -> {})
                    .withStop(() -> trainer.step() >= stop));
            assertThat(outcome.step()).isEqualTo(stop);
            return trainer.checkpoint();
        }
    }

    private static TrainTask longer(TrainTask task) {
        return ResidentTasks.constrained(task, spec -> spec.withSteps(1000).withSchedule(Schedule.CONSTANT));
    }

    /** A probe every 5 of 1000 steps: 16, 64, 256 and 664 of them in a call, as the pace grows, instead of 5. */
    @TestFactory
    Stream<DynamicTest> aRunThatLooksOftenIsAskedForInFewCalls() {
        return engines()
                .map(present -> DynamicTest.dynamicTest(present.toString(), () -> {
                    CountedStretches counted = new CountedStretches(present.engine());
                    try (ResidentTasks tasks = new ResidentTasks(counted.engine())) {
                        TrainTask task = longer(tasks.task(new ResidentTasks.Setting(3, "fresh", 1)));
                        List<String> cut = probed(counted, task, 0);
                        assertThat(counted.taken()).isBetween(200, 203);
                        assertThat(probed(counted, task, 256)).isEqualTo(cut).hasSize(201);
                        assertThat(counted.taken()).isEqualTo(4);
                        assertThat(probed(counted, task, 7)).isEqualTo(cut);
                        assertThat(counted.taken()).isBetween(200 / 8, 200 / 8 + 4);
                    }
                }));
    }

    private static List<String> probed(CountedStretches counted, TrainTask task, int slots) {
        List<String> log = new ArrayList<>();
        withSlots(slots, () -> {
            try (Trainer trainer = new Trainer(counted.engine(), task, Way.RESIDENT)) {
                trainer.run(Control.of(Cadence.every(5).calling(back("probe", log))));
            }
        });
        return log;
    }

    @TestFactory
    Stream<DynamicTest> thePlanOfTheRingIsWhatItHolds() {
        return engines()
                .map(present -> DynamicTest.dynamicTest(present.toString(), () -> {
                    Engine engine = present.engine();
                    try (ResidentTasks tasks = new ResidentTasks(engine)) {
                        TrainTask task = tasks.task(new ResidentTasks.Setting(3, "fresh", 1));
                        for (int slots : new int[] {0, 1, 256}) {
                            withSlots(slots, () -> requireAsPlanned(engine, task, slots));
                        }
                    }
                }));
    }

    private static void requireAsPlanned(Engine engine, TrainTask task, int slots) {
        try (Trainer trainer = new Trainer(engine, task, Way.RESIDENT)) {
            long before = engine.bytesInUse();
            List<Long> held = new ArrayList<>();
            Listener probe = Cadence.every(5).calling(new Back(state -> held.add(engine.bytesInUse() - before)));
            long each = 3 * (66 * 4 + 8);
            long planned = trainer.ring(List.of(probe), 3, Long.MAX_VALUE).bytes();
            assertThat(planned).isEqualTo(slots == 0 ? 0 : (slots + 1) * each);
            trainer.run(Control.of(probe));
            assertThat(held).hasSize(6).containsOnly(planned);
            trainer.run(Control.of(probe));
            assertThat(engine.bytesInUse() - before).isEqualTo(planned);
        }
    }

    @Test
    void aRingIsForListenersThatLookBackBetweenTheEnds() {
        try (ResidentTasks tasks = new ResidentTasks(SOURCE.reference())) {
            TrainTask task = tasks.task(new ResidentTasks.Setting(3, "fresh", 1));
            Listener back = back("back", new ArrayList<>());
            try (Trainer trainer = new Trainer(SOURCE.reference(), task)) {
                assertThat(trainer.ring(List.of(back), 3, Long.MAX_VALUE).bytes())
                        .isPositive();
                assertThat(trainer.ring(List.of(Cadence.ends().calling(back)), 3, Long.MAX_VALUE)
                                .bytes())
                        .isZero();
                Cadence late = Cadence.every(Pace.LONGEST);
                assertThat(trainer.ring(List.of(late.calling(back)), 3, Long.MAX_VALUE)
                                .bytes())
                        .isZero();
                assertThat(trainer.ring(List.of(still(new ArrayList<>())), 3, Long.MAX_VALUE)
                                .bytes())
                        .isZero();
                assertThat(trainer.ring(List.of(back), 1 << 18, Long.MAX_VALUE).bytes())
                        .as("one slot is more than a ring may hold")
                        .isZero();
                assertThat(trainer.ring(List.of(back), 1 << 16, Long.MAX_VALUE).bytes())
                        .isBetween(ProbeRing.MOST_BYTES / 2, ProbeRing.MOST_BYTES);
            }
            try (Trainer trainer = new Trainer(SOURCE.reference(), task, Way.STEPWISE)) {
                assertThat(trainer.ring(List.of(back), 3, Long.MAX_VALUE).bytes())
                        .isZero();
            }
        }
    }

    /** Nobody asks a cadence about all steps that could ever be. */
    @Test
    void aRunWithoutAnEndBegins() {
        try (ResidentTasks tasks = new ResidentTasks(SOURCE.reference())) {
            TrainTask task = tasks.task(new ResidentTasks.Setting(2, "fresh", 1).with(Optimiser.sgd(1e38)));
            TrainTask forever = ResidentTasks.constrained(
                    task, spec -> spec.withSteps(Long.MAX_VALUE).withSchedule(Schedule.CONSTANT));
            List<String> log = new ArrayList<>();
            try (Trainer trainer = new Trainer(SOURCE.reference(), forever)) {
                Outcome outcome = trainer.run(Control.of(
                        Cadence.ends().calling(back("ends", log)),
                        Cadence.at(2L).calling(back("two", log))));
                assertThat(outcome.end()).isEqualTo(Outcome.End.ALL_FROZEN);
            }
            assertThat(log).hasSize(2).element(1).asString().startsWith("two 2");
        }
    }

    @Test
    void whereMemoryDoesNotSufficeTrainingStandsStill() {
        Engine engine = SOURCE.reference();
        try (ResidentTasks tasks = new ResidentTasks(engine)) {
            TrainTask task = tasks.task(new ResidentTasks.Setting(3, "fresh", 1));
            List<String> cut = log(engine, task, 0);
            long needed = MemoryPlan.of(engine, task).bytes();
            Engine little = new LittleMemory(engine, new DeviceMemory(needed, 1L << 40, 0, "")).engine();
            long ring = 257L * 3 * (66 * 4 + 8);
            assertThat(ring).as("bytes that are not there").isGreaterThan(needed);
            assertThat(log(little, task, 256)).isEqualTo(cut);
        }
    }

    @Test
    void aGradientIsNotKept() {
        try (ResidentTasks tasks = new ResidentTasks(SOURCE.reference());
                Trainer trainer =
                        new Trainer(SOURCE.reference(), tasks.task(new ResidentTasks.Setting(3, "fresh", 1)))) {
            Control control = Control.of(Cadence.at(5L).calling(new Back(state -> state.gradient())));
            assertThatThrownBy(() -> trainer.run(control))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("The gradient of step 5 is gone")
                    .hasMessageContaining("must not say that it looks back");
        }
    }

    @Test
    void aNumberOfSlotsThatIsNone() {
        System.setProperty(SLOTS, "many");
        try (ResidentTasks tasks = new ResidentTasks(SOURCE.reference());
                Trainer trainer =
                        new Trainer(SOURCE.reference(), tasks.task(new ResidentTasks.Setting(3, "fresh", 1)))) {
            assertThatThrownBy(() -> trainer.run(Control.of(back("back", new ArrayList<>()))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("-Drectifier.ring.slots must be a number of slots from 0 to 999999, but it is 'many'.");
        } finally {
            System.clearProperty(SLOTS);
        }
    }
}

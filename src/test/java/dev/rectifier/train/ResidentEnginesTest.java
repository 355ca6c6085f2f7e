package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.model.Activation;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Resident training on a device against the CPU's: the same bits wherever no exponential and no power is taken, close
 * elsewhere. Runs on every device engine that is present; that the CPU's are right is {@link ResidentTest}'s to say.
 */
class ResidentEnginesTest {
    private static final EngineSource SOURCE = new EngineSource();

    @AfterAll
    static void close() {
        SOURCE.close();
    }

    /** Kernels that take all shapes, each asked for in turn; «auto» brings in what is made for some shapes. */
    private static final List<String> KERNELS = List.of("auto", "general", "block");

    private static final String WISH = "rectifier.resident";

    /** A setting and what is changed about its task. */
    private record Case(String name, ResidentTasks.Setting setting, UnaryOperator<TrainTask> change) {
        Case(ResidentTasks.Setting setting) {
            this(setting.toString(), setting, task -> task);
        }
    }

    private static ResidentTasks.Setting setting(int replicas, String data, int batch) {
        return new ResidentTasks.Setting(replicas, data, batch);
    }

    private static List<ResidentTasks.Setting> exact() {
        MlpSpec deep = MlpSpec.of(4, 6, 9, 2);
        return List.of(
                setting(1, "fresh", 1),
                setting(3, "fresh uniform own teachers", 3),
                setting(70, "fresh shared", 2),
                setting(3, "set", 4),
                setting(3, "set shared", 1),
                setting(33, "set replaced", 5),
                setting(3, "set large", 7),
                setting(3, "set whole", 13),
                setting(3, "labelled", 6),
                setting(2, "labelled whole", 13),
                setting(5, "fresh", 1).with(deep),
                setting(5, "fresh", 2).with(deep.withBias(false)),
                setting(5, "fresh", 1).with(deep.withActivation(Activation.IDENTITY)),
                setting(5, "fresh", 2).with(MlpSpec.of(3, 2)),
                setting(5, "fresh", 1).with(MlpSpec.of(1, 1, 1).withBias(false)),
                setting(5, "labelled", 4).with(LossKind.HINGE),
                setting(6, "set", 4).with(ResidentTasks.optimiser(UpdateRule.SGD, 6)),
                setting(6, "fresh", 1).with(ResidentTasks.optimiser(UpdateRule.MOMENTUM, 6)),
                setting(6, "set", 4).with(ResidentTasks.optimiser(UpdateRule.NESTEROV, 6)));
    }

    /** Rates at which some replicas diverge, some at once and some later. */
    private static ResidentTasks.Setting breaking(int batch) {
        List<Double> rates = List.of(0.01, 3.0, 30.0, 0.02, 1e10, 1e18, 1e30, 0.05, 1e38, 7.0);
        return setting(10, "fresh", batch).with(Optimiser.sgd(0.1).with(Hyper.LEARNING_RATE, rates));
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (ResidentTasks.Setting setting : exact()) {
            cases.add(new Case(setting));
            cases.add(new Case(setting.with(DType.F64)));
        }
        for (int batch : new int[] {1, 3}) {
            cases.add(new Case(breaking(batch)));
            cases.add(new Case("order without a rule " + batch, setting(4, "set", batch), ResidentTasks::unruled));
            cases.add(new Case("masked " + batch, breaking(batch), ResidentTasks::masked));
            cases.add(new Case("unit norm " + batch, setting(6, "fresh", batch), ResidentEnginesTest::onSphere));
        }
        for (DType type : List.of(DType.F32, DType.F64)) {
            ResidentTasks.Setting all =
                    ResidentTasks.population(3, "own teachers").with(type);
            cases.add(new Case(all.with(ResidentTasks.optimiser(UpdateRule.NESTEROV, 3))));
            cases.add(new Case("unit norm " + all, all, ResidentEnginesTest::onSphere));
            ResidentTasks.Setting breaking =
                    ResidentTasks.population(10, "").with(type).with(breaking(1).optimiser());
            cases.add(new Case("masked breaking " + breaking, breaking, ResidentTasks::masked));
        }
        return cases;
    }

    /** Shapes with rests of all kinds beside the tiles and vectors of a block, and batches that it takes in pieces. */
    private static List<Case> wide() {
        MlpSpec two = MlpSpec.of(13, 19, 6, 5);
        MlpSpec three = MlpSpec.of(6, 21, 8, 17, 3);
        List<ResidentTasks.Setting> settings = List.of(
                setting(3, "fresh", 64).with(MlpSpec.of(10, 33, 1)),
                setting(1, "fresh own teachers", 7).with(three),
                setting(64, "fresh", 7).with(two),
                setting(3, "labelled", 7).with(three).with(ResidentTasks.optimiser(UpdateRule.NESTEROV, 3)),
                setting(2, "labelled whole", 13).with(three).with(LossKind.HINGE),
                setting(3, "fresh shared", 64).with(three.withBias(false)),
                setting(1, "fresh uniform", 256).with(two));
        List<Case> cases = new ArrayList<>();
        for (ResidentTasks.Setting setting : settings) {
            cases.add(new Case("short " + setting, setting, ResidentEnginesTest::fewSteps));
            ResidentTasks.Setting doubles = setting.with(DType.F64);
            cases.add(new Case("short masked " + doubles, doubles, task -> ResidentTasks.masked(fewSteps(task))));
        }
        ResidentTasks.Setting pieces = setting(2, "fresh", 250).with(MlpSpec.of(150, 15, 11, 13, 2));
        cases.add(new Case("short " + pieces, pieces, ResidentEnginesTest::fewSteps));
        ResidentTasks.Setting moving = pieces.with(DType.F64).with(ResidentTasks.optimiser(UpdateRule.MOMENTUM, 2));
        cases.add(new Case("short " + moving, moving, ResidentEnginesTest::fewSteps));
        cases.add(new Case(
                "short breaking in pieces", breaking(250).with(MlpSpec.of(230, 5, 3)), ResidentEnginesTest::fewSteps));
        cases.add(new Case("short sphere", setting(3, "fresh", 64).with(two), task -> onSphere(fewSteps(task))));
        return cases;
    }

    private static TrainTask fewSteps(TrainTask task) {
        return ResidentTasks.constrained(task, spec -> spec.withSteps(5));
    }

    private static TrainTask onSphere(TrainTask task) {
        return ResidentTasks.constrained(
                task, spec -> spec.withConstraints(new Constraints(List.of(0, 1), List.of(1))));
    }

    /** State, gradients, loss and health after some stretches. */
    private static List<HostTensor> trained(Engine engine, Case what) {
        List<HostTensor> seen = new ArrayList<>();
        try (ResidentTasks tasks = new ResidentTasks(engine);
                Trainer trainer = new Trainer(engine, what.change().apply(tasks.task(what.setting())), Way.RESIDENT)) {
            trainer.run(Control.of(Cadence.at(0L, 1L, 8L, (long) ResidentTasks.STEPS)
                    .calling(state -> seen.add(state.gradient().flat().download()))));
            seen.addAll(trainer.checkpoint().tensors().values());
        }
        return seen;
    }

    private static Stream<EngineSource.Present> devices() {
        return SOURCE.engines().stream().filter(present -> !present.name().startsWith("cpu"));
    }

    private static void asking(String kernel, Runnable trial) {
        with(WISH, kernel, "auto", trial);
    }

    private static void with(String property, String value, String otherwise, Runnable trial) {
        String before = System.getProperty(property, otherwise);
        System.setProperty(property, value);
        try {
            trial.run();
        } finally {
            System.setProperty(property, before);
        }
    }

    /** The CPU's numbers by own loops: OpenBLAS, which takes larger products, sums in another order. */
    private static List<HostTensor> trainedOnTheCpu(Case what) {
        List<HostTensor> seen = new ArrayList<>();
        with("rectifier.openblas", "off", "on", () -> seen.addAll(trained(SOURCE.reference(), what)));
        return seen;
    }

    private static void requireSameBits(List<HostTensor> ours, List<HostTensor> theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < theirs.size(); i++) {
            assertThat(ours.get(i).sameBits(theirs.get(i)))
                    .as("tensor %d: %s and %s", i, ours.get(i), theirs.get(i))
                    .isTrue();
        }
    }

    @TestFactory
    Stream<DynamicTest> sameBitsAsTheCpu() {
        return Stream.concat(cases().stream(), wide().stream()).flatMap(ResidentEnginesTest::onEveryKernel);
    }

    /** One trial a device: the CPU's numbers are worked out once for all kernels. */
    private static Stream<DynamicTest> onEveryKernel(Case what) {
        return devices()
                .map(device -> DynamicTest.dynamicTest(device + " " + what.name(), () -> {
                    List<HostTensor> theirs = trainedOnTheCpu(what);
                    for (String kernel : KERNELS) {
                        asking(kernel, () -> requireSameBits(trained(device.engine(), what), theirs));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatFitsNoBlockIsRefusedWithItsBytes() {
        ResidentTasks.Setting large = setting(1, "fresh", 1).with(MlpSpec.of(300, 300, 2));
        return devices()
                .map(device -> DynamicTest.dynamicTest(
                        device.toString(),
                        () -> assertThatThrownBy(() -> trained(device.engine(), new Case(large)))
                                .hasMessageMatching(".*does not fit a block's shared memory: \\d+ bytes of \\d+.*")));
    }

    private static TrainTask oneStep(TrainTask task) {
        return ResidentTasks.constrained(task, spec -> spec.withSteps(1));
    }

    private static void requireClose(EngineSource.Present device, ResidentTasks.Setting setting, double bound) {
        Case what = new Case(setting.toString(), setting, ResidentEnginesTest::oneStep);
        List<HostTensor> theirs = trainedOnTheCpu(what);
        for (String kernel : KERNELS) {
            asking(kernel, () -> requireClose(trained(device.engine(), what), theirs, bound));
        }
    }

    private static void requireClose(List<HostTensor> ours, List<HostTensor> theirs, double bound) {
        for (int i = 0; i < theirs.size(); i++) {
            for (int e = 0; e < theirs.get(i).length(); e++) {
                double distance = Math.abs(ours.get(i).get(e) - theirs.get(i).get(e));
                assertThat(distance).as("tensor %d", i).isLessThanOrEqualTo(bound);
            }
        }
    }

    /**
     * One step from the same bits, so both sides take exponentials of the same numbers. Each side then rounds at most C = 10
     * + 2 K + N times on the way to a number: 2 in each of an exponential and a logarithm (1 ulp), K in the sum over outputs,
     * 6 in products and quotients, K + N in the sums of the backward pass. A slope is at most 1 / N, inputs at most 0.25 + 1.5
     * * 6.77, weights and biases at most 1 / sqrt(fan-in); so no gradient exceeds the largest activation, and no loss twice
     * the largest output and 2.
     */
    @TestFactory
    Stream<DynamicTest> closeToTheCpuWithExponentials() {
        double activation = (5 * (0.25 + 1.5 * 6.77) + 1) / Math.sqrt(5);
        double output = (7 * activation + 1) / Math.sqrt(7);
        List<ResidentTasks.Setting> settings = List.of(
                setting(3, "labelled", 4).with(LossKind.LOGISTIC),
                setting(3, "labelled", 1).with(LossKind.SOFTMAX_CROSS_ENTROPY),
                setting(3, "fresh", 2).with(LossKind.SOFTMAX_CROSS_ENTROPY));
        return devices()
                .flatMap(device -> settings.stream()
                        .map(setting -> setting.with(DType.F64))
                        .map(setting -> DynamicTest.dynamicTest(device + " " + setting, () -> {
                            int roundings = 10 + 2 * 3 + setting.batch();
                            double unit = DType.F64.unitRoundoff();
                            requireClose(device, setting, 2 * roundings * unit * (2 * output + 2));
                        })));
    }

    /**
     * The first step of Adam is rate times a direction of at most 1, from gradients and moments of the same bits. A power is
     * within 2 ulp on a device and 1 here, 6 roundings together, which 1 - 0.9 magnifies 9 times and 1 - 0.999 999 times, the
     * latter under a root: 54 + 2997, and at most 8 roundings a side; then one rounding of a weight below 1 a side.
     */
    @TestFactory
    Stream<DynamicTest> closeToTheCpuWithAdam() {
        double rate = 0.01;
        double bound = (rate * (54 + 2997 + 16) + 2) * DType.F64.unitRoundoff();
        ResidentTasks.Setting setting =
                setting(3, "set", 4).with(Optimiser.adam(rate)).with(DType.F64);
        return devices()
                .map(device -> DynamicTest.dynamicTest(device.toString(), () -> requireClose(device, setting, bound)));
    }
}

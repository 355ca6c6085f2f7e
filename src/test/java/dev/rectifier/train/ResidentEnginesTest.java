package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;

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
            cases.add(new Case("masked " + batch, breaking(batch), ResidentTasks::masked));
            cases.add(new Case("unit norm " + batch, setting(6, "fresh", batch), ResidentEnginesTest::onSphere));
        }
        return cases;
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

    @TestFactory
    Stream<DynamicTest> sameBitsAsTheCpu() {
        return devices()
                .flatMap(device -> cases().stream()
                        .map(what -> DynamicTest.dynamicTest(device + " " + what.name(), () -> {
                            List<HostTensor> ours = trained(device.engine(), what);
                            List<HostTensor> theirs = trained(SOURCE.reference(), what);
                            assertThat(ours).hasSameSizeAs(theirs);
                            for (int i = 0; i < theirs.size(); i++) {
                                assertThat(ours.get(i).sameBits(theirs.get(i)))
                                        .as("tensor %d: %s and %s", i, ours.get(i), theirs.get(i))
                                        .isTrue();
                            }
                        })));
    }

    /**
     * Exponentials and powers differ by some ulp between libraries; over the 23 steps of these tasks, whose rates are small,
     * such a difference grows by less than a hundredfold: 100 * 23 steps * 4 ulp of numbers below 4.
     */
    @TestFactory
    Stream<DynamicTest> closeToTheCpuWithExponentials() {
        List<ResidentTasks.Setting> settings = List.of(
                setting(3, "labelled", 4).with(LossKind.LOGISTIC),
                setting(3, "labelled", 1).with(LossKind.SOFTMAX_CROSS_ENTROPY),
                setting(3, "fresh", 2).with(LossKind.SOFTMAX_CROSS_ENTROPY),
                setting(3, "set", 4).with(Optimiser.adam(0.01)));
        return devices()
                .flatMap(device -> settings.stream()
                        .map(setting -> setting.with(DType.F64))
                        .map(setting -> DynamicTest.dynamicTest(device + " " + setting, () -> {
                            Case what = new Case(setting);
                            List<HostTensor> ours = trained(device.engine(), what);
                            List<HostTensor> theirs = trained(SOURCE.reference(), what);
                            for (int i = 0; i < theirs.size(); i++) {
                                for (int e = 0; e < theirs.get(i).length(); e++) {
                                    assertThat(Math.abs(ours.get(i).get(e)
                                                    - theirs.get(i).get(e)))
                                            .isLessThan(100 * 23 * 4 * Math.ulp(4.0));
                                }
                            }
                        })));
    }
}

package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training by sweeps: against step-by-step training, and the same bits on every engine, however a run is cut. */
class StreamedTest extends OnEveryEngine {
    private static final MlpSpec WIDE = MlpSpec.of(5, 70, 3); // two groups and a rest

    private static ResidentTasks.Setting setting(int replicas, String data, int batch) {
        return new ResidentTasks.Setting(replicas, data, batch).with(WIDE);
    }

    /** Every part of a sweep, and every length of its strips. */
    private static List<ResidentTasks.Setting> settings() {
        return List.of(
                setting(1, "fresh", 1),
                setting(3, "fresh uniform own teachers", 3),
                setting(64, "fresh shared", 2),
                setting(3, "set", 4),
                setting(2, "set shared", 7),
                setting(2, "labelled whole", 13),
                setting(3, "fresh", 16).with(MlpSpec.of(4, 33, 1)),
                setting(2, "fresh", 2).with(MlpSpec.of(1, 1, 1)),
                setting(1, "fresh", 8).with(MlpSpec.of(3, 200, 2).withBias(false)),
                setting(2, "fresh", 2).with(WIDE.withActivation(Activation.IDENTITY)),
                setting(3, "labelled", 4).with(LossKind.HINGE),
                setting(6, "set", 5).with(ResidentTasks.optimiser(UpdateRule.SGD, 6)),
                setting(6, "fresh", 1).with(ResidentTasks.optimiser(UpdateRule.MOMENTUM, 6)),
                setting(6, "set", 4).with(ResidentTasks.optimiser(UpdateRule.NESTEROV, 6)));
    }

    private static List<HostTensor> trained(Engine engine, ResidentTasks.Setting setting, Way way, Long... looks) {
        List<HostTensor> seen = new ArrayList<>();
        try (ResidentTasks tasks = new ResidentTasks(engine);
                Trainer trainer = new Trainer(engine, tasks.task(setting), way)) {
            trainer.run(Control.of(Cadence.at(looks)
                    .calling(state -> seen.add(state.gradient().flat().download()))));
            trainer.checkpoint().tensors().forEach((name, tensor) -> {
                if (!name.equals(Checkpoint.LOSS)) { // summed in the loss operation's order, each engine's own
                    seen.add(tensor);
                }
            });
        }
        return seen;
    }

    /** Bits, but for numbers that are no longer finite: those of frozen replicas' gradients, an infinity here, a NaN there. */
    private static void requireSameBits(List<HostTensor> ours, List<HostTensor> theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < theirs.size(); i++) {
            HostTensor a = ours.get(i);
            HostTensor b = theirs.get(i);
            for (int e = 0; e < b.length() && !a.sameBits(b); e++) {
                boolean same = Double.doubleToRawLongBits(a.get(e)) == Double.doubleToRawLongBits(b.get(e));
                assertThat(same || (!Double.isFinite(a.get(e)) && !Double.isFinite(b.get(e))))
                        .as("tensor %d element %d: %s and %s", i, e, a.get(e), b.get(e))
                        .isTrue();
            }
        }
    }

    /** Rates at which some replicas diverge, some at once and some later. */
    private static ResidentTasks.Setting breaking(int batch, UpdateRule rule) {
        List<Double> rates = List.of(0.01, 3.0, 30.0, 0.02, 1e10, 1e18, 1e30, 0.05, 1e38, 7.0);
        Optimiser optimiser = rule == UpdateRule.SGD ? Optimiser.sgd(0.1) : Optimiser.momentum(0.1, 0.9);
        return setting(10, "fresh", batch).with(optimiser.with(Hyper.LEARNING_RATE, rates));
    }

    /**
     * In fp32 for batches of a power of two alone: the slopes of the loss come from the loss operation, which multiplies by 2 / N
     * in fp32 on the CPU and in fp64 on a device.
     */
    @TestFactory
    Stream<DynamicTest> sameBitsOnEveryEngine() {
        List<ResidentTasks.Setting> all = new ArrayList<>(settings().stream()
                .filter(setting -> Integer.bitCount(setting.batch()) == 1)
                .toList());
        settings().stream().map(setting -> setting.with(DType.F64)).forEach(all::add);
        all.add(breaking(1, UpdateRule.SGD));
        all.add(breaking(4, UpdateRule.MOMENTUM));
        return engines()
                .filter(present -> present.engine() != SOURCE.reference())
                .flatMap(present -> all.stream()
                        .map(setting -> DynamicTest.dynamicTest(
                                present + " " + setting,
                                () -> requireSameBits(
                                        trained(present.engine(), setting, Way.STREAMED, 1L, 8L, (long)
                                                ResidentTasks.STEPS),
                                        trained(SOURCE.reference(), setting, Way.STREAMED, 1L, 8L, (long)
                                                ResidentTasks.STEPS)))));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void sumsInStagesAreTheSameToo(EngineSource.Present present) {
        ResidentTasks.Setting setting = setting(1, "fresh", 1).with(MlpSpec.of(1, 33_000, 1));
        List<HostTensor> ours = after(present.engine(), setting, Way.STREAMED);
        List<HostTensor> theirs = after(SOURCE.reference(), setting, Way.STREAMED);
        requireSameBits(ours.subList(0, 2), theirs.subList(0, 2)); // gradient and weights
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aCutChangesNoBit(EngineSource.Present present) {
        ResidentTasks.Setting setting = setting(3, "set", 4).with(Optimiser.momentum(0.05, 0.9));
        List<HostTensor> whole = trained(present.engine(), setting, Way.STREAMED, (long) ResidentTasks.STEPS);
        List<HostTensor> cut =
                trained(present.engine(), setting, Way.STREAMED, 1L, 2L, 5L, 20L, (long) ResidentTasks.STEPS);
        requireSameBits(cut.subList(4, cut.size()), whole);
    }

    /**
     * One step from the same bits, in fp64. The two ways differ in the order of the sum over W hidden units alone: by 2 W
     * roundings of a sum of terms of at most |v a|. Inputs are at most X = 0.25 + 1.5 * 6.77, weights 1 / sqrt(fan-in), so
     * activations A = (D X + 1) / sqrt(D), outputs and targets O = (W A + 1) / sqrt(W) each. Squared loss: its slope (2 / N of a
     * difference) and so every gradient (at most A N K slopes) moves by no more than that share, and the loss, at most 4 K O^2,
     * by twice; the 16 counts the few other roundings.
     */
    @TestFactory
    Stream<DynamicTest> oneStepIsThatOfTheSingleOperations() {
        return engines()
                .flatMap(present -> settings().stream()
                        .filter(setting -> setting.loss() == LossKind.SQUARED)
                        .map(setting -> setting.with(DType.F64))
                        .map(setting -> DynamicTest.dynamicTest(
                                present + " " + setting, () -> requireClose(present.engine(), setting))));
    }

    private static void requireClose(Engine engine, ResidentTasks.Setting setting) {
        MlpSpec net = setting.student();
        double d = net.inputs();
        double w = net.hidden().get(0);
        double activation = (d * (0.25 + 1.5 * 6.77) + 1) / Math.sqrt(d);
        double output = (w * activation + 1) / Math.sqrt(w) + (4 * activation + 1) / 2;
        double roundings = 2 * w + 16 + 2 * (d + net.outputs() + setting.batch());
        double largest = 4 * net.outputs() * Math.max(output * output, output * activation);
        double bound = 2 * roundings * DType.F64.unitRoundoff() * largest;
        List<HostTensor> ours = after(engine, setting, Way.STREAMED);
        List<HostTensor> theirs = after(engine, setting, Way.STEPWISE);
        for (int i = 0; i < theirs.size(); i++) {
            for (int e = 0; e < theirs.get(i).length(); e++) {
                assertThat(Math.abs(ours.get(i).get(e) - theirs.get(i).get(e)))
                        .as("tensor %d element %d", i, e)
                        .isLessThanOrEqualTo(bound);
            }
        }
    }

    /** Gradient, weights, state and loss after one step. */
    private static List<HostTensor> after(Engine engine, ResidentTasks.Setting setting, Way way) {
        try (ResidentTasks tasks = new ResidentTasks(engine);
                Trainer trainer = new Trainer(engine, tasks.task(setting), way)) {
            trainer.advance();
            List<HostTensor> seen =
                    new ArrayList<>(List.of(trainer.gradient().flat().download()));
            seen.addAll(trainer.checkpoint().tensors().values());
            return seen;
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void freezesTheReplicasThatSingleOperationsFreeze(EngineSource.Present present) {
        for (UpdateRule rule : List.of(UpdateRule.SGD, UpdateRule.MOMENTUM)) {
            List<ReplicaStatus> streamed = status(present.engine(), breaking(3, rule), Way.STREAMED);
            assertThat(streamed).isEqualTo(status(present.engine(), breaking(3, rule), Way.STEPWISE));
            assertThat(streamed.stream().map(ReplicaStatus::cause).distinct()).hasSizeGreaterThan(2);
        }
    }

    private static List<ReplicaStatus> status(Engine engine, ResidentTasks.Setting setting, Way way) {
        try (ResidentTasks tasks = new ResidentTasks(engine);
                Trainer trainer = new Trainer(engine, tasks.task(setting), way)) {
            return trainer.run(Control.of()).replicas();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void refusesWhatItCannotTrain(EngineSource.Present present) {
        requireRefusal(present, setting(2, "fresh", 1).with(MlpSpec.of(4, 6, 9, 2)), "one hidden layer");
        requireRefusal(present, setting(2, "fresh", 17), "up to 16 examples");
        requireRefusal(present, setting(2, "fresh", 1).with(Optimiser.adam(0.01)), "not ADAM");
    }

    private static void requireRefusal(EngineSource.Present present, ResidentTasks.Setting setting, String why) {
        try (ResidentTasks tasks = new ResidentTasks(present.engine())) {
            TrainTask task = tasks.task(setting);
            assertThatThrownBy(() -> new Trainer(present.engine(), task, Way.STREAMED).close())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot be trained streamed")
                    .hasMessageContaining(why);
        }
    }
}

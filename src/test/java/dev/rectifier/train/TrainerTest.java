package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.rectifier.conformance.Bound;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.ParameterMask;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static double[] replica(HostTensor values, int r) {
        int block = values.length() / (int) values.shape().dim(0);
        return Arrays.copyOfRange(values.toDoubles(), r * block, (r + 1) * block);
    }

    private HostTensor trained(TrainTask task) {
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.run(Control.of());
            return trainer.parameters().flat().download();
        }
    }

    @Test
    void doesExactlyTheStepsAskedForAndCallsListenersBetweenThem() {
        List<Long> all = new ArrayList<>();
        List<Long> some = new ArrayList<>();
        List<Long> progress = new ArrayList<>();
        try (Trainer trainer = new Trainer(bench.engine(), bench.task(2, 7))) {
            Control control = Control.of(
                            state -> all.add(state.step()), Cadence.every(3).calling(state -> some.add(state.step())))
                    .withProgress((step, steps) -> progress.add(step * 100 + steps));
            Outcome outcome = trainer.run(control);
            assertThat(outcome.end()).isEqualTo(Outcome.End.COMPLETED);
            assertThat(outcome.step()).isEqualTo(7);
            assertThat(outcome.failures()).isZero();
        }
        assertThat(all).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(some).containsExactly(0L, 3L, 6L, 7L);
        assertThat(progress).containsExactly(107L, 207L, 307L, 407L, 507L, 607L, 707L);
    }

    @Test
    void listenersSeeTheWeightsOfTheirStep() {
        TrainTask task = bench.task(2, 3);
        List<HostTensor> seen = new ArrayList<>();
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.run(Control.of(state -> seen.add(state.parameters().flat().download())));
        }
        assertThat(seen.get(0).sameBits(task.initial())).isTrue();
        TrainTask shorter = TrainTask.of(
                task.student(),
                task.initial(),
                task.data(),
                task.targets(),
                task.spec().withSteps(2));
        assertThat(seen.get(2).sameBits(trained(shorter))).isTrue();
    }

    /** The regression's task from another start. */
    private static TrainTask from(double start, TrainTask task) {
        HostTensor initial = HostTensor.of(task.initial().shape(), new double[] {start});
        return TrainTask.of(task.student(), initial, task.data(), task.targets(), task.spec());
    }

    /**
     * Full-batch linear regression: w - slope shrinks by 1 - rate h a step, h = 2 mean x^2. Here h = 16 and the rate is 1/32,
     * so it is halved, and every number of forty steps, w = slope + 2^-step among them, has fewer than 53 bits: no rounding.
     */
    @Test
    void linearRegressionFollowsItsClosedForm() {
        double[] x = {1, -2, 3, 5, 4, -2, 2, 1};
        TrainTask task = bench.regression(x, 1.75, Optimiser.sgd(0x1p-5), 40);
        assertThat(trained(from(2.75, task)).get(0)).isEqualTo(1.75 + 0x1p-40);
    }

    /** With one output the half-norm convention is half the mean, and twice the rate makes up for it: factors of two round nothing. */
    @Test
    void conventionsDifferByTheirFactor() {
        double[] x = {1, -2, 3, 0.5};
        TrainTask mean = bench.regression(x, 1.75, Optimiser.sgd(0.05), 12);
        TrainSpec halfSpec = TrainSpec.of(Loss.HALF_SQUARED_NORM, Optimiser.sgd(0.1), 12);
        TrainTask half = TrainTask.of(mean.student(), mean.initial(), mean.data(), mean.targets(), halfSpec);
        assertThat(trained(half).get(0)).isEqualTo(trained(mean).get(0));
    }

    @Test
    void aStudentAsWideAsItsTeacherLearnsIt() {
        Bench.Setting setting = new Bench.Setting(DType.F64, 4, 3000)
                .withSpec(TrainSpec.of(Loss.HALF_SQUARED_NORM, Optimiser.sgd(0.1), 3000));
        List<Double> losses = new ArrayList<>();
        try (Trainer trainer = new Trainer(bench.engine(), bench.teacherStudent(setting))) {
            trainer.run(Control.of(Cadence.at(1L, 3000L)
                    .calling(state ->
                            losses.add(Arrays.stream(state.loss().download().doubles())
                                    .max()
                                    .orElseThrow()))));
        }
        assertThat(losses.get(1)).isLessThan(losses.get(0) / 10);
    }

    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void hyperParametersPerReplicaEqualSeparateRuns(UpdateRule rule) {
        Optimiser optimiser = new Optimiser(rule, Optimiser.adam(0.01).hyper())
                .with(Hyper.LEARNING_RATE, List.of(0.01, 0.02, 0.04))
                .with(Hyper.MOMENTUM, List.of(0.9, 0.5, 0.0))
                .with(Hyper.L2, List.of(0.0, 0.1, 0.01));
        Bench.Setting setting =
                new Bench.Setting(DType.F32, 3, 20).withSpec(TrainSpec.of(Loss.MEAN_SQUARED, optimiser, 20));
        HostTensor together = trained(bench.teacherStudent(setting));
        for (int r = 0; r < 3; r++) {
            Bench.Setting alone = setting.only(r).withSpec(setting.spec().withOptimiser(optimiser.replicas(r, 1)));
            assertThat(trained(bench.teacherStudent(alone)).toDoubles()).containsExactly(replica(together, r));
        }
    }

    @Test
    void aReplicaThatDivergesFreezesAndCostsTheOthersNothing() {
        Optimiser calm = Optimiser.sgd(0.01);
        Bench.Setting setting = new Bench.Setting(DType.F32, 3, 60).withSpec(TrainSpec.of(Loss.MEAN_SQUARED, calm, 60));
        HostTensor undisturbed = trained(bench.teacherStudent(setting));
        Optimiser wild = calm.with(Hyper.LEARNING_RATE, List.of(0.01, 1e12, 0.01));
        TrainTask task = bench.teacherStudent(setting.withSpec(setting.spec().withOptimiser(wild)));
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            Outcome outcome = trainer.run(Control.of());
            HostTensor disturbed = trainer.parameters().flat().download();
            assertThat(replica(disturbed, 0)).containsExactly(replica(undisturbed, 0));
            assertThat(replica(disturbed, 2)).containsExactly(replica(undisturbed, 2));
            assertThat(Arrays.stream(replica(disturbed, 1))).allMatch(Double::isFinite);
            assertThat(outcome.failures()).isEqualTo(1);
            ReplicaStatus status = outcome.replicas().get(1);
            assertThat(status.hasFailed()).isTrue();
            assertThat(status.step()).isBetween(1L, 59L);
            assertThat(outcome.replicas().get(0)).isEqualTo(new ReplicaStatus(0, FreezeCause.NONE, -1));
        }
    }

    @Test
    void nanInOneReplicaIsSeenAtTheFirstStep() {
        TrainTask task = bench.task(3, 5);
        task.initial().set((int) task.initial().shape().dim(1), Double.NaN);
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            Outcome outcome = trainer.run(Control.of());
            assertThat(outcome.replicas().get(1)).isEqualTo(new ReplicaStatus(1, FreezeCause.LOSS, 0));
            assertThat(outcome.failures()).isEqualTo(1);
        }
    }

    @Test
    void aStopRuleFreezesWhatHasConvergedAndEndsWhenAllHave() {
        TrainTask base = bench.regression(new double[] {1, -2, 3, 0.5}, 1.75, Optimiser.sgd(0.05), 100_000);
        TrainSpec spec = base.spec().withStopRule(StopRule.lossBelow(1e-6, 10));
        TrainTask task = TrainTask.of(base.student(), base.initial(), base.data(), base.targets(), spec);
        List<Long> lastCalls = new ArrayList<>();
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            Outcome outcome = trainer.run(Control.of(state -> lastCalls.add(state.step())));
            assertThat(outcome.end()).isEqualTo(Outcome.End.ALL_FROZEN);
            assertThat(outcome.failures()).isZero();
            assertThat(outcome.step() % 10).isZero();
            assertThat(outcome.replicas().get(0))
                    .isEqualTo(new ReplicaStatus(0, FreezeCause.STOPPED, outcome.step() - 1));
            assertThat(trainer.loss().download().get(0)).isLessThan(1e-6);
            assertThat(lastCalls.get(lastCalls.size() - 1)).isEqualTo(outcome.step());
        }
    }

    /**
     * A norm of n squares is wrong by at most gamma_n / 2 + u, so a coordinate divided by it by gamma_n / 2 + 2 u and its square
     * by gamma_{n+4}; squaring and adding here costs gamma_n more.
     */
    @Test
    void rowsStayOnTheSphereWithAndWithoutBias() {
        for (boolean bias : new boolean[] {true, false}) {
            Bench.Setting setting = new Bench.Setting(DType.F64, 2, 15)
                    .withStudent(MlpSpec.of(4, 6, 2).withBias(bias));
            TrainSpec spec = setting.spec().withConstraints(Constraints.unitNorm(0, 1));
            HostTensor end = trained(bench.teacherStudent(setting.withSpec(spec)));
            for (int k = 0; k < 6; k++) {
                double last = bias ? end.get(4 * 6 + k) : 0;
                double norm = last * last;
                for (int d = 0; d < 4; d++) {
                    norm += end.get(4 * k + d) * end.get(4 * k + d);
                }
                assertThat(norm).isCloseTo(1, offset(Bound.gamma(DType.F64, 5 + 4 + 5)));
            }
        }
    }

    @Test
    void frozenLayersAndMaskedParametersKeepTheirBits() {
        Bench.Setting setting = new Bench.Setting(DType.F32, 2, 10);
        TrainSpec spec = setting.spec().withConstraints(new Constraints(List.of(), List.of(1)));
        TrainTask task = bench.teacherStudent(setting.withSpec(spec));
        ParameterLayout layout = ParameterLayout.of(task.student());
        HostTensor words = ParameterMask.allMove(layout).freeze(3).words(2);
        TrainTask masked = new TrainTask(
                task.student(), task.initial(), task.data(), task.targets(), task.spec(), Optional.of(words));
        HostTensor end = trained(masked);
        int p = (int) layout.size();
        for (int i = 0; i < 2 * p; i++) {
            boolean kept = i % p == 3 || i % p >= layout.weight(1).offset();
            assertThat(end.get(i) == task.initial().get(i))
                    .as("parameter %d", i)
                    .isEqualTo(kept);
        }
    }

    /** 5 examples in batches of 4 and 1, one weight, no bias; one epoch by hand, in numbers that need no rounding. */
    @Test
    void aLastSmallBatchHasItsOwnMean() {
        double[] x = {1, -2, 3, 0.5, 1.5};
        double rate = 0x1p-4;
        TrainTask task = bench.regressionInBatches(x, 4, Optimiser.sgd(rate), 2);
        double w = Bench.SLOPE + 1;
        w -= rate * 2 * (w - Bench.SLOPE) * (1 + 4 + 9 + 0.25) / 4;
        w -= rate * 2 * (w - Bench.SLOPE) * 2.25;
        assertThat(trained(from(Bench.SLOPE + 1, task)).get(0)).isEqualTo(w);
    }

    @Test
    void mupScalesTheGradientByItsRates() {
        // Widths are powers of two, so the factors change exponents alone. The output's deviation differs, hence one
        // init.
        Bench.Setting standard = new Bench.Setting(DType.F64, 1, 1)
                .withStudent(MlpSpec.of(4, 16, 2).withInit(InitSchemes.LECUN_NORMAL));
        TrainTask plain = bench.teacherStudent(standard);
        MlpSpec mup = standard.student().withParametrisation(Parametrisation.MU_P);
        TrainTask scaled = TrainTask.of(mup, plain.initial(), plain.data(), plain.targets(), plain.spec());
        double[] before = gradientOfFirstStep(plain);
        double[] after = gradientOfFirstStep(scaled);
        for (int i = 0; i < before.length; i++) {
            double factor = i < 4 * 16 + 16 ? 16 : i < 4 * 16 + 16 + 2 * 16 ? 1.0 / 16 : 1;
            assertThat(after[i]).isEqualTo(factor * before[i]);
        }
    }

    private double[] gradientOfFirstStep(TrainTask task) {
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.advance();
            return trainer.gradient().flat().download().doubles();
        }
    }

    /** Gauge symmetry: multiplier m with weights w and rate eta is the standard network with weights m w and rate m^2 eta. */
    @Test
    void ntkIsTheStandardNetworkInAnotherGauge() {
        int width = 16;
        Bench.Setting setting = new Bench.Setting(DType.F64, 1, 25)
                .withStudent(MlpSpec.of(width, width, 2).withBias(false).withInit(InitSchemes.LECUN_NORMAL));
        TrainTask plain = bench.teacherStudent(
                setting.withSpec(TrainSpec.of(Loss.HALF_SQUARED_NORM, Optimiser.sgd(0.1 / width), 25)));
        MlpSpec ntk = setting.student().withParametrisation(Parametrisation.NTK);
        double[] larger =
                Arrays.stream(plain.initial().doubles()).map(w -> 4 * w).toArray();
        TrainTask lazy = TrainTask.of(
                ntk,
                HostTensor.of(plain.initial().shape(), larger),
                plain.data(),
                plain.targets(),
                TrainSpec.of(Loss.HALF_SQUARED_NORM, Optimiser.sgd(0.1), 25));
        double[] expected = trained(plain).doubles();
        double[] actual = trained(lazy).doubles();
        // Factors are powers of two: every rounding is the same.
        assertThat(Arrays.stream(actual).map(w -> w / 4))
                .containsExactly(Arrays.stream(expected).boxed().toArray(Double[]::new));
    }

    @Test
    void tenThousandStepsLeaveTheDevicesMemoryAsItWas() {
        TrainTask task = bench.task(2, 10_000);
        long before = bench.engine().bytesInUse();
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.advance();
            long first = bench.engine().bytesInUse();
            trainer.run(Control.of());
            assertThat(bench.engine().bytesInUse()).isEqualTo(first);
        }
        assertThat(bench.engine().bytesInUse()).isEqualTo(before);
    }
}

package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.data.DataSource;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.GaussianPopulation;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.model.Activation;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training on all Gaussian inputs at once. */
class PopulationTrainingTest {
    private static final int INPUTS = 3;
    private static final MlpSpec STUDENT = MlpSpec.of(INPUTS, 4, 2).withBias(false);
    private static final MlpSpec TEACHER = MlpSpec.of(INPUTS, 2, 2).withBias(false);

    private final Bench bench = new Bench();
    private final Arena arena = bench.engine().openArena("data");

    @AfterEach
    void close() {
        arena.close();
        bench.close();
    }

    private static HostTensor drawn(DType type, int replicas, long parameters, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        HostTensor values = HostTensor.zeros(type, Shape.of(replicas, parameters));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextDouble(-1, 1));
        }
        return values;
    }

    private TrainTask task(DType type, HostTensor initial, TrainSpec spec) {
        int replicas = Math.toIntExact(initial.shape().dim(0));
        Targets.Teacher teacher = Targets.Teacher.of(TEACHER, drawn(type, 1, 10, 7));
        return TrainTask.of(STUDENT, initial, new GaussianPopulation(arena, type, INPUTS, replicas), teacher, spec);
    }

    private static TrainSpec spec(UpdateRule rule, long steps) {
        Optimiser optimiser = new Optimiser(rule, Optimiser.adam(0.01).hyper());
        return TrainSpec.of(Loss.HALF_SQUARED_NORM, optimiser, steps).withSchedule(new Schedule.Cosine(steps, 0.1));
    }

    private Checkpoint trained(TrainTask task) {
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.run(Control.of());
            return trainer.checkpoint();
        }
    }

    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void everyRuleLowersTheLossAndResumesToTheBit(UpdateRule rule) {
        TrainTask task = task(DType.F32, drawn(DType.F32, 3, 20, 1), spec(rule, 60));
        Checkpoint half;
        double[] first;
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.advance();
            first = trainer.loss().download().doubles();
            trainer.advance(29);
            half = trainer.checkpoint();
        }
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.restore(half);
            trainer.run(Control.of());
            double[] last = trainer.loss().download().doubles();
            for (int r = 0; r < last.length; r++) {
                assertThat(last[r]).isLessThan(first[r]);
            }
            assertThat(trainer.checkpoint().sameBits(trained(task))).isTrue();
            assertThat(trainer.way()).isEqualTo("resident: expectations in closed form, one replica at a time");
        }
    }

    @Test
    void aReplicaAloneHasTheBitsItHasAmongOthers() {
        HostTensor initial = drawn(DType.F32, 5, 20, 2);
        HostTensor alone = HostTensor.zeros(DType.F32, Shape.of(1, 20));
        System.arraycopy(initial.floats(), 3 * 20, alone.floats(), 0, 20);
        TrainSpec spec = spec(UpdateRule.SGD, 30);
        HostTensor among = trained(task(DType.F32, initial, spec)).tensor(Checkpoint.PARAMETERS);
        HostTensor own = trained(task(DType.F32, alone, spec)).tensor(Checkpoint.PARAMETERS);
        for (int i = 0; i < 20; i++) {
            assertThat(own.floats()[i]).isEqualTo(among.floats()[3 * 20 + i]);
        }
    }

    /** The teacher's two units among the student's four; the others say nothing and have no weights. */
    @Test
    void aStudentThatIsItsTeacherStays() {
        HostTensor initial = HostTensor.zeros(DType.F64, Shape.of(1, 20));
        HostTensor teacher = drawn(DType.F64, 1, 10, 7);
        for (int d = 0; d < 2 * INPUTS; d++) {
            initial.set(d, teacher.get(d));
        }
        for (int k = 0; k < 2; k++) {
            initial.set(4 * INPUTS + 4 * k, teacher.get(2 * INPUTS + 2 * k));
            initial.set(4 * INPUTS + 4 * k + 1, teacher.get(2 * INPUTS + 2 * k + 1));
        }
        TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.sgd(0.5), 50);
        Checkpoint end = trained(task(DType.F64, initial, spec));
        assertThat(end.tensor(Checkpoint.PARAMETERS).sameBits(initial)).isTrue();
        assertThat(end.tensor(Checkpoint.LOSS).get(0)).isZero();
    }

    /**
     * One student unit, outgoing weight held, of a teacher of two: the end is not the teacher, so the noise of samples does
     * not die out. The mean end of 64 students on samples of their own is the population's up to five standard errors, and
     * up to the curvature's share: a third derivative of order one moves a mean by about the variance of a replica.
     */
    @Test
    void endsWhereTrainingOnFreshSamplesEnds() {
        int replicas = 64;
        MlpSpec student = MlpSpec.of(INPUTS, 1, 1).withBias(false);
        MlpSpec teacher = MlpSpec.of(INPUTS, 2, 1).withBias(false);
        Targets.Teacher taught = Targets.Teacher.of(
                teacher, HostTensor.of(Shape.of(1, 8), new double[] {1, 0.5, 0, -0.25, 1, 0.5, 1, 0.75}));
        HostTensor initial = HostTensor.zeros(DType.F64, Shape.of(replicas, 4));
        for (int i = 0; i < initial.length(); i++) {
            initial.set(i, i % 4 == 3 ? 1 : 0.25);
        }
        TrainSpec spec = new TrainSpec(
                Loss.HALF_SQUARED_NORM,
                Optimiser.sgd(0.2),
                Schedule.CONSTANT,
                300,
                new Constraints(List.of(), List.of(1)),
                StopRule.NEVER);
        Bench.Setting setting = new Bench.Setting(DType.F64, replicas, 300);
        DataSource samples = new FreshInputs(
                bench.engine(),
                arena,
                StreamSpec.normal(0, 1),
                new InputShape(DType.F64, 256, INPUTS),
                setting.streams("population"),
                Sharing.PER_REPLICA);
        DataSource population = new GaussianPopulation(arena, DType.F64, INPUTS, replicas);
        HostTensor ends =
                trained(TrainTask.of(student, initial, samples, taught, spec)).tensor(Checkpoint.PARAMETERS);
        HostTensor end = trained(TrainTask.of(student, initial, population, taught, spec))
                .tensor(Checkpoint.PARAMETERS);
        for (int d = 0; d < INPUTS; d++) {
            double mean = 0;
            double squares = 0;
            for (int r = 0; r < replicas; r++) {
                mean += ends.get(4 * r + d) / replicas;
                squares += Math.pow(ends.get(4 * r + d) - end.get(d), 2);
            }
            double variance = squares / replicas;
            double bound = 5 * Math.sqrt(variance / replicas) + variance;
            assertThat(mean).as("weight %d, bound %s", d, bound).isCloseTo(end.get(d), within(bound));
            assertThat(bound).as("the bound says something").isLessThan(0.1 * Math.abs(end.get(d) - initial.get(d)));
        }
    }

    @Test
    void refusesWhatHasNoClosedForm() {
        TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.sgd(0.1), 1);
        refused(STUDENT.withBias(true), TEACHER, spec, "the student has biases");
        refused(STUDENT, TEACHER.withBias(true), spec, "the teacher has biases");
        refused(MlpSpec.of(INPUTS, 4, 4, 2).withBias(false), TEACHER, spec, "the student has 2 hidden layers, not one");
        refused(STUDENT, MlpSpec.of(INPUTS, 2).withBias(false), spec, "the teacher has 0 hidden layers, not one");
        refused(STUDENT.withActivation(Activation.IDENTITY), TEACHER, spec, "the student is linear");
        TrainSpec hinge = TrainSpec.of(Loss.HINGE, Optimiser.sgd(0.1), 1);
        refused(STUDENT, TEACHER, hinge, "the loss is HINGE, not squared");
        Loss sum = new Loss(Loss.MEAN_SQUARED.kind(), Loss.Convention.SUM);
        refused(STUDENT, TEACHER, TrainSpec.of(sum, Optimiser.sgd(0.1), 1), "a sum over all examples is infinite");
        TrainTask task = task(DType.F32, drawn(DType.F32, 1, 20, 1), spec);
        TrainTask untaught =
                TrainTask.of(task.student(), task.initial(), task.data(), new Targets.FromData(), task.spec());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(bench.engine(), untaught))
                .withMessageContaining("no teacher says the targets");
    }

    /** They would see the one example that stands for all of them. */
    @Test
    void sweepsRefuseAllInputsAtOnce() {
        TrainTask task = task(DType.F32, drawn(DType.F32, 2, 20, 1), spec(UpdateRule.SGD, 5));
        assertThatThrownBy(() -> new Trainer(bench.engine(), task, Way.STREAMED).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expectations over all inputs");
    }

    private void refused(MlpSpec student, MlpSpec teacher, TrainSpec spec, String why) {
        HostTensor initial = HostTensor.zeros(
                DType.F32, Shape.of(1, ParameterLayout.of(student).size()));
        HostTensor answers = HostTensor.zeros(
                DType.F32, Shape.of(1, ParameterLayout.of(teacher).size()));
        TrainTask task = TrainTask.of(
                student,
                initial,
                new GaussianPopulation(arena, DType.F32, INPUTS, 1),
                Targets.Teacher.of(teacher, answers),
                spec);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(bench.engine(), task))
                .withMessageContaining(why);
    }
}

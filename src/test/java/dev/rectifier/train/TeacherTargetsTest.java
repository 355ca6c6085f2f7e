package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TeacherTargetsTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private HostTensor trained(TrainTask task) {
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.run(Control.of());
            return trainer.parameters().flat().download();
        }
    }

    /** The teacher's parameters, once per replica. */
    private static Targets.Teacher repeated(Targets.Teacher teacher, int replicas) {
        int p = teacher.parameters().length();
        HostTensor copies = HostTensor.zeros(teacher.parameters().dtype(), Shape.of(replicas, p));
        for (int i = 0; i < copies.length(); i++) {
            copies.set(i, teacher.parameters().get(i % p));
        }
        return new Targets.Teacher(teacher.spec(), copies, teacher.answer());
    }

    @Test
    void oneTeacherOnSharedInputsEqualsOnePerReplica() {
        Bench.Setting setting = new Bench.Setting(DType.F32, 3, 10);
        try (Arena arena = bench.engine().openArena("inputs")) {
            FreshInputs shared = new FreshInputs(
                    bench.engine(),
                    arena,
                    StreamSpec.normal(0, 1),
                    new InputShape(DType.F32, 8, 4),
                    setting.streams("inputs"),
                    Sharing.SHARED);
            TrainTask one = bench.teacherStudent(setting, shared);
            Targets.Teacher each = repeated((Targets.Teacher) one.targets(), 3);
            TrainTask many = TrainTask.of(one.student(), one.initial(), shared, each, one.spec());
            assertThat(trained(many).sameBits(trained(one))).isTrue();
        }
    }

    /** At outputs all equal, the cross-entropy of K classes is log K whatever the labels; then it falls. */
    @Test
    void studentsLearnTheTeachersLabels() {
        TrainSpec spec = TrainSpec.of(Loss.CROSS_ENTROPY, Optimiser.sgd(0.2), 500);
        Bench.Setting setting = new Bench.Setting(DType.F64, 3, 500).withSpec(spec);
        TrainTask outputs = bench.teacherStudent(setting, bench.epochs(setting));
        Targets.Teacher teacher = (Targets.Teacher) outputs.targets();
        Targets.Teacher labels =
                new Targets.Teacher(teacher.spec(), teacher.parameters(), Targets.Teacher.Answer.LABEL);
        HostTensor zeros = HostTensor.zeros(DType.F64, outputs.initial().shape());
        TrainTask fromZero = TrainTask.of(outputs.student(), zeros, outputs.data(), labels, spec);
        try (Trainer trainer = new Trainer(bench.engine(), fromZero)) {
            trainer.advance();
            for (double loss : trainer.loss().download().doubles()) {
                assertThat(loss).isCloseTo(Math.log(2), offset(16 * DType.F64.unitRoundoff()));
            }
        }
        TrainTask task = TrainTask.of(outputs.student(), outputs.initial(), outputs.data(), labels, spec);
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.run(Control.of());
            for (double loss : trainer.loss().download().doubles()) {
                assertThat(loss).isLessThan(Math.log(2) / 2);
            }
        }
    }

    @Test
    void refusesTasksWhosePartsDoNotFit() {
        TrainTask task = bench.task(2, 3);
        TrainTask crossEntropy = TrainTask.of(
                task.student(),
                task.initial(),
                task.data(),
                task.targets(),
                TrainSpec.of(Loss.CROSS_ENTROPY, Optimiser.sgd(1), 3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(bench.engine(), crossEntropy))
                .withMessageContaining("the cross-entropy takes LABEL");
        TrainTask mup = TrainTask.of(
                task.student().mlp("a test").withParametrisation(Parametrisation.MU_P),
                task.initial(),
                task.data(),
                task.targets(),
                TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.adam(1), 3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(bench.engine(), mup))
                .withMessageContaining("use MU_P_ADAM for ADAM");
        TrainTask unlabelled =
                TrainTask.of(task.student(), task.initial(), task.data(), new Targets.FromData(), task.spec());
        long before = bench.engine().bytesInUse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(bench.engine(), unlabelled))
                .withMessageContaining("the source carries none");
        assertThat(bench.engine().bytesInUse()).isEqualTo(before);
    }
}

package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.conformance.Bound;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.record.Settings;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Targets;
import org.junit.jupiter.api.Test;

class DeepNetsTest {
    private static final Settings PLANNED = DeepPlans.span(2, 2, 10, 1).over(DeepPlans.net(1, 100));

    private static DeepNets nets(Settings changes) {
        return new DeepNets(changes.over(PLANNED));
    }

    @Test
    void trialsOfATeacherShareIt() {
        HostTensor teachers = nets(Settings.empty()).teachers().parameters();
        int size = teachers.length() / 4;
        for (int i = 0; i < size; i++) {
            assertThat(teachers.get(i)).isEqualTo(teachers.get(size + i));
        }
        assertThat(teachers.get(0)).isNotEqualTo(teachers.get(2 * size));
    }

    @Test
    void sameSignStudentsKeepTheirMagnitudes() {
        DeepNets same = nets(Settings.empty().with("student.start", DeepNets.SAME_SIGN));
        Targets.Teacher teachers = same.teachers();
        HostTensor start = same.students(teachers);
        HostTensor drawn = nets(Settings.empty()).students(teachers);
        int turned = 0;
        for (int i = 0; i < start.length(); i++) {
            assertThat(Math.abs(start.get(i))).isEqualTo(Math.abs(drawn.get(i)));
            assertThat(start.get(i) * teachers.parameters().get(i)).isGreaterThanOrEqualTo(0);
            turned += start.get(i) == drawn.get(i) ? 0 : 1;
        }
        // Teachers' weights are zero with chance 1/5, else the signs disagree half the time: 0.4 of them, give or take
        // 0.01.
        assertThat((double) turned / start.length()).isBetween(0.35, 0.45);
    }

    @Test
    void sameSignNeedsStudentsAsWideAsTheTeacher() {
        Settings wide =
                Settings.empty().with("student.start", DeepNets.SAME_SIGN).with("student.multiple", 2);
        assertThatThrownBy(() -> new DeepTraining(wide.over(PLANNED)).check())
                .hasMessageContaining("student.multiple=1");
    }

    @Test
    void teachersThatAreNotSeparatedHaveRowsOfUnitNormToo() {
        DeepNets other = nets(Settings.empty().with("teacher.init", "unseparated"));
        HostTensor parameters = other.teachers().parameters();
        ParameterLayout layout = ParameterLayout.of(other.teacher());
        int first = Math.toIntExact(layout.weight(0).offset());
        double square = 0;
        for (int i = first; i < first + 20; i++) {
            square += parameters.get(i) * parameters.get(i);
        }
        // The divisor is the norm + 1e-5; the norm of 20 default weights exceeds 1/4. 20 squares, root, sum, quotient,
        // fp32.
        double rounding = Bound.gamma(DType.F32, 24);
        assertThat(Math.sqrt(square)).isBetween(1 - 1e-5 / 0.25 - rounding, 1 + rounding);
        assertThat(parameters.get(first))
                .isNotEqualTo(nets(Settings.empty()).teachers().parameters().get(first));
    }

    @Test
    void withoutBiasesThereAreNone() {
        DeepNets bare = nets(Settings.empty().with("bias", false));
        long biases = 10 + 15 + 20 + 25 + 100;
        assertThat(ParameterLayout.of(bare.student()).size())
                .isEqualTo(ParameterLayout.of(nets(Settings.empty()).student()).size() - biases);
    }
}

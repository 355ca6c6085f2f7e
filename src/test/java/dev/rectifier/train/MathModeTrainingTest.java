package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.engine.MathMode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training with products in TF32 and TF32X3: never by kernels that know IEEE alone, and never mixed with it. */
class MathModeTrainingTest {
    private static final long STEPS = 6;

    private static HostTensor trained(Bench bench, TrainTask task) {
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.advance(STEPS);
            return trainer.parameters().flat().download();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = MathMode.class,
            names = {"TF32", "TF32X3"})
    void stretchesAndSweepsAreRefusedInFp32Alone(MathMode mode) {
        try (Bench bench = new Bench(mode)) {
            TrainTask task = bench.task(3, STEPS);
            try (Trainer trainer = new Trainer(bench.engine(), task)) {
                assertThat(trainer.way())
                        .isEqualTo("step by step: stretches of training have their products in IEEE arithmetic, and "
                                + mode + " was asked for");
            }
            for (Way way : new Way[] {Way.RESIDENT, Way.STREAMED}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> new Trainer(bench.engine(), task, way).close())
                        .withMessageContaining(mode + " was asked for");
            }
            TrainTask wide = bench.teacherStudent(new Bench.Setting(DType.F64, 3, STEPS));
            try (Trainer trainer = new Trainer(bench.engine(), wide)) {
                assertThat(trainer.way()).startsWith("resident: ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = MathMode.class,
            names = {"TF32", "TF32X3"})
    void aReplicaTrainsAloneAsAmongOthersAndOtherwiseThanInIeee(MathMode mode) {
        Bench.Setting all = new Bench.Setting(DType.F32, 3, STEPS);
        try (Bench ieee = new Bench();
                Bench bench = new Bench(mode)) {
            HostTensor together = trained(bench, bench.teacherStudent(all));
            float[] alone = trained(bench, bench.teacherStudent(all.only(1))).floats();
            int p = alone.length;
            assertThat(Arrays.equals(alone, 0, p, together.floats(), p, 2 * p)).isTrue();
            assertThat(together.sameBits(trained(ieee, ieee.teacherStudent(all))))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = MathMode.class,
            names = {"TF32", "TF32X3"})
    void aRunDoesNotGoOnInAnotherArithmetic(MathMode mode) {
        try (Bench ieee = new Bench();
                Bench bench = new Bench(mode);
                Trainer before = new Trainer(ieee.engine(), ieee.task(2, STEPS), Way.STEPWISE);
                Trainer after = new Trainer(bench.engine(), bench.task(2, STEPS))) {
            before.advance();
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> after.restore(before.checkpoint()))
                    .withMessageContaining("math mode: checkpoint IEEE, this run " + mode);
        }
    }
}

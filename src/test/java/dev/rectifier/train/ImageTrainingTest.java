package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.data.DataSource;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Hyper;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Dropout;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.model.LayerSpec.Residual;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.PassKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Training of convolutional networks with running moments and dropout. */
class ImageTrainingTest {
    private static final int STEPS = 7;
    private static final int REPLICAS = 3;
    private static final ChainSpec TEACHER =
            ChainSpec.of(Shape.of(1, 5, 5), new Flatten(), new Dense(3), new BatchNorm(), new Relu(), new Dense(2));

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static ChainSpec student() {
        LayerSpec block = Residual.of(
                List.of(new BatchNorm(), new Relu(), new Conv(3, 3, 1, 1, true), new BatchNorm(1e-5, 0.1, false)),
                List.of());
        return ChainSpec.of(
                Shape.of(1, 5, 5),
                new Conv(3, 3, 1, 1, false),
                new BatchNorm(),
                new Relu(),
                block,
                new Relu(),
                new MaxPool(2),
                new Flatten(),
                new Dropout(0.25),
                new Dense(2));
    }

    private Bench.Setting setting() {
        return new Bench.Setting(DType.F32, REPLICAS, STEPS).withStudent(MlpSpec.of(25, 6, 2));
    }

    private static Targets.Teacher teacher() {
        HostTensor parameters = Initializer.draw(
                TEACHER,
                DType.F32,
                Streams.single(
                        new Bench.Setting(DType.F32, 1, 1).streams("teacher").node()));
        return Targets.Teacher.of(TEACHER, parameters).withState(Initializer.state(TEACHER, 1));
    }

    private TrainTask task(Bench.Setting setting, Optimiser optimiser) {
        return task(setting, optimiser, bench.epochs(setting));
    }

    /** On inputs of each replica's own. */
    private TrainTask fresh(Bench.Setting setting) {
        DataSource data = bench.teacherStudent(setting).data();
        return task(setting, Optimiser.momentum(0.05, 0.9), data);
    }

    private static TrainTask task(Bench.Setting setting, Optimiser optimiser, DataSource data) {
        HostTensor initial = Initializer.draw(student(), setting.dtype(), setting.streams("initial weights"));
        TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, optimiser, STEPS);
        return TrainTask.of(student(), initial, data, teacher(), spec).withNoise(setting.streams("noise"));
    }

    private TrainTask task() {
        return task(setting(), Optimiser.momentum(0.05, 0.9));
    }

    private Checkpoint trained(TrainTask task) {
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.run(Control.of());
            return trainer.checkpoint();
        }
    }

    private static Map<String, HostTensor> replica(Checkpoint checkpoint, int r) {
        Map<String, HostTensor> rows = new LinkedHashMap<>();
        checkpoint.tensors().forEach((name, tensor) -> {
            int block = tensor.length() / Math.toIntExact(tensor.shape().dim(0));
            double[] row = Arrays.copyOfRange(tensor.toDoubles(), r * block, (r + 1) * block);
            rows.put(name, HostTensor.rounded(DType.F64, Shape.of(block), row));
        });
        return rows;
    }

    @Test
    void aReplicaAloneHasTheBitsItHasAmongOthers() {
        Checkpoint all = trained(fresh(setting()));
        assertThat(all.tensors()).containsKey(Checkpoint.MOMENTS);
        for (int r = 0; r < REPLICAS; r++) {
            Checkpoint one = trained(fresh(setting().only(r)));
            Map<String, HostTensor> expected = replica(one, 0);
            replica(all, r)
                    .forEach((name, row) -> assertThat(row.sameBits(Objects.requireNonNull(expected.get(name))))
                            .as(name)
                            .isTrue());
        }
    }

    @Test
    void resumedAtAnyStepTheBitsAreTheSame() {
        TrainTask task = task();
        Checkpoint end = trained(task);
        try (Trainer first = new Trainer(bench.engine(), task)) {
            for (int stop = 0; stop < STEPS; stop += 2) {
                byte[] saved = first.checkpoint().encode();
                try (Trainer second = new Trainer(bench.engine(), task)) {
                    second.restore(Checkpoint.decode(saved));
                    second.run(Control.of());
                    assertThat(second.checkpoint().sameBits(end))
                            .as("from " + stop)
                            .isTrue();
                }
                first.advance(2);
            }
        }
    }

    @Test
    void aFrozenReplicaKeepsItsRunningMoments() {
        Optimiser diverging = Optimiser.sgd(0.05).with(Hyper.LEARNING_RATE, List.of(0.05, 1e30, 0.05));
        List<Map<String, HostTensor>> sick = new ArrayList<>();
        List<Map<String, HostTensor>> sound = new ArrayList<>();
        try (Trainer trainer = new Trainer(bench.engine(), task(setting(), diverging))) {
            for (int step = 0; step < STEPS; step++) {
                trainer.advance();
                sick.add(replica(trainer.checkpoint(), 1));
                sound.add(replica(trainer.checkpoint(), 0));
            }
            ReplicaStatus status = trainer.status().get(1);
            assertThat(status.cause()).isNotEqualTo(FreezeCause.NONE);
            int at = Math.toIntExact(status.step());
            assertThat(at).isBetween(1, STEPS - 2);
            for (String name : List.of(Checkpoint.PARAMETERS, Checkpoint.MOMENTS)) {
                assertThat(of(sick, STEPS - 1, name).sameBits(of(sick, at - 1, name)))
                        .as(name)
                        .isTrue();
                assertThat(of(sick, 0, name).toDoubles()).as(name).doesNotContain(Double.NaN);
                assertThat(of(sound, STEPS - 1, name).sameBits(of(sound, at - 1, name)))
                        .as(name)
                        .isFalse();
            }
        }
    }

    private static HostTensor of(List<Map<String, HostTensor>> steps, int step, String name) {
        return Objects.requireNonNull(steps.get(step).get(name));
    }

    /** The second of two layers normalises by moments that training leaves alone; the first one's move. */
    @Test
    void aBatchNormFixedToEvaluationKeepsItsMoments() {
        ChainSpec net = ChainSpec.of(
                Shape.of(25),
                new Dense(4),
                new BatchNorm(),
                new Relu(),
                new Dense(3),
                new BatchNorm().always(PassKind.Mode.EVALUATION),
                new Dense(2));
        Bench.Setting setting = setting();
        HostTensor initial = Initializer.draw(net, setting.dtype(), setting.streams("initial weights"));
        TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.sgd(0.05), STEPS);
        HostTensor before = Initializer.state(net, REPLICAS);
        Checkpoint end = trained(TrainTask.of(net, initial, bench.epochs(setting), teacher(), spec));
        double[] after =
                Objects.requireNonNull(end.tensors().get(Checkpoint.MOMENTS)).toDoubles();
        for (int r = 0; r < REPLICAS; r++) {
            double[] was = Arrays.copyOfRange(before.toDoubles(), 14 * r, 14 * r + 14);
            double[] is = Arrays.copyOfRange(after, 14 * r, 14 * r + 14);
            assertThat(Arrays.copyOfRange(is, 8, 14)).isEqualTo(Arrays.copyOfRange(was, 8, 14));
            for (int c = 0; c < 8; c++) {
                assertThat(is[c]).isNotEqualTo(was[c]);
            }
        }
    }

    @Test
    void aCheckpointOfOtherMomentsIsRefused() {
        TrainTask task = task();
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            Checkpoint here = trainer.checkpoint();
            Map<String, HostTensor> tensors = new LinkedHashMap<>(here.tensors());
            tensors.put(Checkpoint.MOMENTS, HostTensor.zeros(DType.F64, Shape.of(REPLICAS, 5)));
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> trainer.restore(new Checkpoint(here.identity(), 1, tensors)))
                    .withMessageContaining("\"running moments\" is F64 [3, 5], this run needs F64 [3, 18]");
            tensors.remove(Checkpoint.MOMENTS);
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> trainer.restore(new Checkpoint(here.identity(), 1, tensors)))
                    .withMessageContaining("has no \"running moments\"");
        }
    }

    @Test
    void whatIsMissingIsSaidBeforeTraining() {
        TrainTask task = task();
        TrainTask silent = TrainTask.of(task.student(), task.initial(), task.data(), task.targets(), task.spec());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(bench.engine(), silent))
                .withMessageContaining("TrainTask.withNoise");
        Targets.Teacher bare = Targets.Teacher.of(TEACHER, teacher().parameters());
        TrainTask stateless = TrainTask.of(task.student(), task.initial(), task.data(), bare, task.spec());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(bench.engine(), stateless))
                .withMessageContaining("Targets.Teacher.withState");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Trainer(bench.engine(), task.withState(HostTensor.zeros(DType.F64, Shape.of(1, 18)))))
                .withMessageContaining("this student needs F64 [3, 18]");
    }
}

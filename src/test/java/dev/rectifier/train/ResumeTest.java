package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResumeTest {
    private static final int STEPS = 12;

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** Three replicas on shuffled epochs, one of them diverging on the way. */
    private TrainTask task(UpdateRule rule) {
        Optimiser optimiser =
                new Optimiser(rule, Optimiser.adam(0.01).hyper()).with(Hyper.LEARNING_RATE, List.of(0.01, 1e18, 0.02));
        TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, optimiser, STEPS)
                .withSchedule(new Schedule.WarmUp(3, new Schedule.Cosine(STEPS, 0.1)));
        Bench.Setting setting = new Bench.Setting(DType.F32, 3, STEPS).withSpec(spec);
        return bench.teacherStudent(setting, bench.epochs(setting));
    }

    @ParameterizedTest
    @EnumSource(UpdateRule.class)
    void interruptedAtAnyStepAndResumedTheBitsAreTheSame(UpdateRule rule) {
        TrainTask task = task(rule);
        List<HostTensor> straight = new ArrayList<>();
        Checkpoint end;
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.run(Control.of(state -> straight.add(state.loss().download())));
            end = trainer.checkpoint();
        }
        for (int stop = 0; stop <= STEPS; stop++) {
            List<HostTensor> seen = new ArrayList<>();
            byte[] saved = interruptedAt(stop, task, seen);
            try (Trainer trainer = new Trainer(bench.engine(), task)) {
                trainer.restore(Checkpoint.decode(saved));
                assertThat(trainer.step()).isEqualTo(stop);
                trainer.run(Control.of(state -> seen.add(state.loss().download())));
                assertThat(trainer.checkpoint().sameBits(end))
                        .as("stopped at %d", stop)
                        .isTrue();
            }
            assertThat(seen).hasSize(STEPS + 1);
            for (int i = 0; i <= STEPS; i++) {
                assertThat(seen.get(i).sameBits(straight.get(i))).isTrue();
            }
        }
    }

    private byte[] interruptedAt(int stop, TrainTask task, List<HostTensor> seen) {
        List<byte[]> saved = new ArrayList<>();
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            Control control = Control.of(state -> seen.add(state.loss().download()))
                    .withStop(() -> trainer.step() == stop)
                    .withCheckpoints((step, steps) -> false, checkpoint -> saved.add(checkpoint.encode()));
            Outcome outcome = trainer.run(control);
            assertThat(outcome.step()).isEqualTo(stop);
            if (stop < STEPS) {
                assertThat(outcome.end()).isEqualTo(Outcome.End.INTERRUPTED);
            } else {
                // The last checkpoint precedes the last call of the listeners, which a resumed run makes again.
                seen.remove(seen.size() - 1);
            }
        }
        assertThat(saved).hasSize(1);
        return saved.get(0);
    }

    @Test
    void checkpointsComeWhenDueAndAtTheEnd() {
        List<Long> steps = new ArrayList<>();
        try (Trainer trainer = new Trainer(bench.engine(), task(UpdateRule.SGD))) {
            trainer.run(Control.of()
                    .withCheckpoints((step, last) -> step % 5 == 0, checkpoint -> steps.add(checkpoint.step())));
        }
        assertThat(steps).containsExactly(5L, 10L, 12L);
    }

    @Test
    void anotherRunsCheckpointIsRefusedWithTheDifferences() {
        TrainTask task = task(UpdateRule.SGD);
        Checkpoint checkpoint;
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            trainer.advance();
            checkpoint = trainer.checkpoint();
        }
        TrainSpec spec = task.spec().withOptimiser(Optimiser.sgd(0.25)).withConstraints(Constraints.unitNorm(0));
        TrainTask other = TrainTask.of(task.student(), task.initial(), task.data(), task.targets(), spec);
        try (Trainer trainer = new Trainer(bench.engine(), other)) {
            HostTensor before = trainer.parameters().flat().download();
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> trainer.restore(checkpoint))
                    .withMessageContaining("optimiser.LEARNING_RATE: checkpoint [0.01, 1.0E18, 0.02], this run [0.25]")
                    .withMessageContaining("constraints: checkpoint Constraints[unitNormLayers=[]")
                    .withMessageNotContaining("schedule:");
            assertThat(trainer.parameters().flat().download().sameBits(before)).isTrue();
            assertThat(trainer.step()).isZero();
        }
    }

    @Test
    void anotherDeviceIsNoObstacleButSaid() {
        TrainTask task = task(UpdateRule.SGD);
        try (Trainer trainer = new Trainer(bench.engine(), task)) {
            Checkpoint here = trainer.checkpoint();
            assertThat(trainer.restore(here)).isEmpty();
            Map<String, String> elsewhere = new LinkedHashMap<>(here.identity());
            elsewhere.put("on.device", "another processor");
            List<String> said = trainer.restore(new Checkpoint(elsewhere, here.step(), here.tensors()));
            assertThat(said)
                    .containsExactly("device: checkpoint another processor, this run "
                            + bench.engine().info().device());
        }
    }
}

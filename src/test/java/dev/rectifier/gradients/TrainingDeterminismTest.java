package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Checkpoint;
import dev.rectifier.train.Control;
import dev.rectifier.train.Outcome;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same bits of every weight and loss: run again, alone, among 64, on more threads, interrupted anywhere. */
class TrainingDeterminismTest extends OnEveryEngine {
    private static final int INTERRUPTIONS = 50;
    private static final Students STUDENTS = new Students(0, 64, 50);

    @ParameterizedTest
    @MethodSource("engines")
    void theSameRunTwice(EngineSource.Present present) {
        assertThat(STUDENTS.train(present.engine()).sameBits(STUDENTS.train(present.engine())))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void everyReplicaAloneIsWhatItIsAmongAll(EngineSource.Present present) {
        Students.Trace together = STUDENTS.train(present.engine());
        for (int r = 0; r < STUDENTS.replicas(); r++) {
            Students.Trace alone = STUDENTS.only(r).train(present.engine());
            assertThat(alone.sameBits(together.only(r)))
                    .as("replica %d of %d on %s", r, STUDENTS.replicas(), present.name())
                    .isTrue();
        }
    }

    @Test
    void theNumberOfThreadsChangesNothing() {
        List<Students.Trace> traces = engines()
                .filter(p -> p.name().startsWith("cpu"))
                .map(p -> STUDENTS.train(p.engine()))
                .toList();
        assertThat(traces).hasSize(2);
        assertThat(traces.get(0).sameBits(traces.get(1))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void interruptedAtEachOfFiftyStepsAndResumed(EngineSource.Present present) {
        Engine engine = present.engine();
        try (Arena arena = engine.openArena("data")) {
            TrainTask task = new Students(0, 3, INTERRUPTIONS).task(engine, arena, w -> w);
            List<HostTensor> straight = new ArrayList<>();
            Checkpoint end = finish(new Trainer(engine, task), straight);
            for (int stop = 0; stop < INTERRUPTIONS; stop++) {
                List<HostTensor> seen = new ArrayList<>();
                byte[] saved = interrupt(new Trainer(engine, task), stop, seen);
                Trainer resumed = new Trainer(engine, task);
                resumed.restore(Checkpoint.decode(saved));
                assertThat(finish(resumed, seen).sameBits(end))
                        .as("state at the end, stopped at step %d", stop)
                        .isTrue();
                assertThat(same(seen, straight))
                        .as("losses, stopped at step %d", stop)
                        .isTrue();
            }
        }
    }

    private static boolean same(List<HostTensor> one, List<HostTensor> other) {
        boolean same = one.size() == other.size();
        for (int i = 0; same && i < one.size(); i++) {
            same = one.get(i).sameBits(other.get(i));
        }
        return same;
    }

    private static Checkpoint finish(Trainer trainer, List<HostTensor> losses) {
        try (trainer) {
            Outcome outcome =
                    trainer.run(Control.of(state -> losses.add(state.loss().download())));
            assertThat(outcome.end()).isEqualTo(Outcome.End.COMPLETED);
            return trainer.checkpoint();
        }
    }

    private static byte[] interrupt(Trainer trainer, int stop, List<HostTensor> losses) {
        List<byte[]> saved = new ArrayList<>();
        try (trainer) {
            Control control = Control.of(state -> losses.add(state.loss().download()))
                    .withStop(() -> trainer.step() == stop)
                    .withCheckpoints((step, steps) -> false, checkpoint -> saved.add(checkpoint.encode()));
            assertThat(trainer.run(control).end()).isEqualTo(Outcome.End.INTERRUPTED);
        }
        return saved.get(0);
    }
}

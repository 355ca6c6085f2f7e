package dev.rectifier.study;

import dev.rectifier.engine.Arena;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.MetricLog;
import dev.rectifier.record.SavedCheckpoint;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Checkpoint;
import dev.rectifier.train.Control;
import dev.rectifier.train.Listener;
import dev.rectifier.train.Outcome;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Drives one trainer inside a run folder: continues from its last checkpoint, hands the metric log to the probes, saves a
 * checkpoint every minute of wall time, at a stop and at the end.
 */
public final class TrainingSession {
    private static final long CHECKPOINT_EVERY_NANOS = 60_000_000_000L;

    private TrainingSession() {}

    /** Makes the probes of a run once the trainer, an arena for their buffers and the log are there. */
    @FunctionalInterface
    public interface Probes {
        List<Listener> make(Trainer trainer, Arena arena, Metrics metrics);
    }

    /** Trains to the end or to a stop request. */
    public static Ending train(RunContext context, TrainTask task, Probes probes) {
        try (Trainer trainer = new Trainer(context.engine(), task);
                Arena arena = context.engine().openArena("probes")) {
            Optional<SavedCheckpoint> saved = context.folder().checkpoints().latest();
            saved.ifPresent(checkpoint -> trainer.restore(Checkpoint.decode(checkpoint.bytes())));
            try (MetricLog log = context.folder().metrics(trainer.step())) {
                Control control = control(context, log).withListeners(probes.make(trainer, arena, log::append));
                return ending(trainer.run(control));
            }
        }
    }

    private static Control control(RunContext context, MetricLog log) {
        return Control.of()
                .withStop(context.stopRequested())
                .withProgress(context.progress())
                .withCheckpoints(
                        everyMinute(context.nanoClock()),
                        checkpoint -> context.folder()
                                .checkpoint(checkpoint.step(), log, out -> out.write(checkpoint.encode())));
    }

    private static Cadence everyMinute(LongSupplier nanoClock) {
        long[] last = {nanoClock.getAsLong()};
        return (step, steps) -> {
            long now = nanoClock.getAsLong();
            boolean due = now - last[0] >= CHECKPOINT_EVERY_NANOS;
            last[0] = due ? now : last[0];
            return due;
        };
    }

    private static Ending ending(Outcome outcome) {
        boolean complete = outcome.end() != Outcome.End.INTERRUPTED;
        return new Ending(complete, outcome.replicas().size(), (int) outcome.failures());
    }
}

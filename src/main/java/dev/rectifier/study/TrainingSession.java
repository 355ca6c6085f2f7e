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
 * checkpoint every minute of wall time (system property {@code rectifier.checkpoint.seconds}), at a stop and at the end.
 */
public final class TrainingSession {
    /** System property: seconds of wall time between checkpoints. */
    private static final String CHECKPOINT_SECONDS = "rectifier.checkpoint.seconds";

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
            saved.ifPresent(checkpoint -> {
                trainer.restore(Checkpoint.decode(checkpoint.bytes()));
                context.folder().note("Resumed at step " + checkpoint.step() + ".");
            });
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
                        every(checkpointNanos(), context.nanoClock()),
                        checkpoint -> context.folder()
                                .checkpoint(checkpoint.step(), log, out -> out.write(checkpoint.encode())));
    }

    /**
     * Nanoseconds of wall time between checkpoints.
     *
     * @throws IllegalArgumentException if the system property is not a number of seconds from 0.001 to a million
     */
    static long checkpointNanos() {
        String text = System.getProperty(CHECKPOINT_SECONDS, "60");
        try {
            double seconds = Double.parseDouble(text);
            if (seconds >= 1e-3 && seconds <= 1e6) {
                return Math.round(seconds * 1e9);
            }
        } catch (NumberFormatException e) {
            throw wrongInterval(text, e);
        }
        throw wrongInterval(text, new NumberFormatException("out of range"));
    }

    private static IllegalArgumentException wrongInterval(String text, NumberFormatException cause) {
        return new IllegalArgumentException(
                "-D" + CHECKPOINT_SECONDS + " must be a number of seconds from 0.001 to 1000000, but it is '" + text
                        + "'.",
                cause);
    }

    private static Cadence every(long nanos, LongSupplier nanoClock) {
        long[] last = {nanoClock.getAsLong()};
        return (step, steps) -> {
            long now = nanoClock.getAsLong();
            boolean due = now - last[0] >= nanos;
            last[0] = due ? now : last[0];
            return due;
        };
    }

    private static Ending ending(Outcome outcome) {
        boolean complete = outcome.end() != Outcome.End.INTERRUPTED;
        return new Ending(complete, outcome.replicas().size(), (int) outcome.failures());
    }
}

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
import dev.rectifier.train.TrainState;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
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

    /**
     * A closed training loop: a {@link Trainer}, or another that keeps to its ways of resuming, stopping and being watched.
     *
     * @param state what listeners see
     * @param restore continues from a checkpoint
     * @param run trains from the present step to the last one
     */
    public record Loop(TrainState state, Consumer<Checkpoint> restore, Function<Control, Outcome> run) {}

    /** Trains to the end or to a stop request. */
    public static Ending train(RunContext context, TrainTask task, Probes probes) {
        try (Trainer trainer = new Trainer(context.engine(), task)) {
            context.folder().note("Training " + trainer.way() + ".");
            Loop loop = new Loop(trainer, checkpoint -> restore(context, trainer, checkpoint), trainer::run);
            return drive(context, loop, (arena, metrics) -> probes.make(trainer, arena, metrics));
        }
    }

    private static void restore(RunContext context, Trainer trainer, Checkpoint checkpoint) {
        for (String circumstance : trainer.restore(checkpoint)) {
            context.folder()
                    .note("Resumed under other circumstances (" + circumstance
                            + "): the bits may differ from those of an uninterrupted run.");
        }
    }

    /**
     * Drives a loop to the end or to a stop request.
     *
     * @param probes makes the listeners, given an arena for their buffers and the log
     */
    public static Ending drive(RunContext context, Loop loop, BiFunction<Arena, Metrics, List<Listener>> probes) {
        try (Arena arena = context.engine().openArena("probes")) {
            Optional<SavedCheckpoint> saved = context.folder().checkpoints().latest();
            saved.ifPresent(checkpoint -> {
                loop.restore().accept(Checkpoint.decode(checkpoint.bytes()));
                context.folder().note("Resumed at step " + checkpoint.step() + ".");
            });
            try (MetricLog log = context.folder().metrics(loop.state().step())) {
                Control control = control(context, log).withListeners(probes.apply(arena, log::append));
                return ending(loop.run().apply(control));
            }
        }
    }

    private static Control control(RunContext context, MetricLog log) {
        return Control.of()
                .withStop(context.stopRequested())
                .withClock(context.nanoClock())
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
        return new Cadence() {
            private long last = nanoClock.getAsLong();

            @Override
            public boolean fires(long step, long steps) {
                long now = nanoClock.getAsLong();
                boolean due = now - last >= nanos;
                last = due ? now : last;
                return due;
            }

            /** The clock says it when the time has come. */
            @Override
            public long next(long from, long to, long steps) {
                return to;
            }
        };
    }

    private static Ending ending(Outcome outcome) {
        boolean complete = outcome.end() != Outcome.End.INTERRUPTED;
        return new Ending(complete, outcome.replicas().size(), (int) outcome.failures());
    }
}

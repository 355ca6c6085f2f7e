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
import dev.rectifier.train.Trainer;
import dev.rectifier.train.TrainingLoop;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Trains an ensemble inside a run folder: continues from its last checkpoint, hands the metric log to the probes, saves a
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
     * Trains all replicas to the end or to a stop request: together if they fit the memory, else one chunk after another, each
     * from the first step to the last. The bits of weights and metrics are the same either way.
     *
     * @throws dev.rectifier.engine.OutOfDeviceMemoryException with the numbers, before anything is allocated or written, if not
     *     even one replica fits
     */
    public static Ending train(RunContext context, Ensemble ensemble) {
        ChunkBook book = ChunkBook.read(context.folder());
        if (book.entries().isEmpty() && hasCheckpoint(context)) {
            return trainPart(context, ensemble, new Place(Chunk.whole(ensemble.replicas()), 0));
        }
        EnsemblePlan plan =
                EnsemblePlan.of(context.engine(), ensemble, context.chunk()).requireFit();
        if (book.entries().isEmpty() && plan.chunk() == ensemble.replicas()) {
            return trainPart(context, ensemble, new Place(Chunk.whole(plan.chunk()), 0));
        }
        boolean nothingLost = saved(context, book.index() * plan.steps()).isEmpty();
        return trainChunks(context, ensemble, plan.chunk(), nothingLost ? book.withoutOpen() : book);
    }

    /** The last checkpoint, if it lies behind that position. */
    private static Optional<SavedCheckpoint> saved(RunContext context, long position) {
        return context.folder().checkpoints().latest().filter(last -> last.step() > position);
    }

    private static boolean hasCheckpoint(RunContext context) {
        return !context.folder().checkpoints().steps().isEmpty();
    }

    private static Ending trainChunks(RunContext context, Ensemble ensemble, int size, ChunkBook begun) {
        int replicas = ensemble.replicas();
        ChunkBook book = begun;
        while (book.open().isPresent() || book.next() < replicas) {
            if (book.open().isEmpty()) {
                int first = book.next();
                book = book.begin(context.folder(), new Chunk(first, Math.min(size, replicas - first), replicas));
            }
            Ending ending = trainPart(context, ensemble, new Place(book.open().orElseThrow(), book.index()));
            if (!ending.complete()) {
                return new Ending(false, replicas, book.failed() + ending.failedReplicas());
            }
            book = book.end(context.folder(), ending.failedReplicas());
        }
        return new Ending(true, replicas, book.failed());
    }

    /**
     * Where in an ensemble a training is.
     *
     * @param index how many chunks came before
     */
    private record Place(Chunk chunk, int index) {
        /** The number a checkpoint is filed under: grows from chunk to chunk. */
        long position(long step, long steps) {
            return index * steps + step;
        }

        /** Mean number of steps done over all replicas of the ensemble. */
        long progress(long step, long steps) {
            return (chunk.first() * steps + chunk.count() * step) / chunk.of();
        }
    }

    private static Ending trainPart(RunContext context, Ensemble ensemble, Place place) {
        try (Arena data = context.engine().openArena("data");
                Ensemble.Members members = ensemble.open(context.engine(), data, place.chunk());
                Arena arena = context.engine().openArena("probes")) {
            TrainingLoop loop = members.loop();
            context.folder()
                    .note("Training " + loop.way() + (place.chunk().isWhole() ? "." : "; " + place.chunk() + "."));
            continueFrom(context, loop, place);
            try (MetricLog log =
                    context.folder().metrics(loop.step(), place.chunk().first())) {
                Metrics metrics = (step, metric, values) ->
                        log.append(step, metric, place.chunk().first(), values);
                Control control = control(context, log, place, loop.steps())
                        .withListeners(members.probes().make(arena, metrics));
                boolean mayEndEarly = place.chunk().isWhole() && !ensemble.goesToTheEnd();
                return ending(loop.run(mayEndEarly ? control : control.goingOn()));
            }
        }
    }

    /** From the last checkpoint, unless it is one of the chunk before: whose end is the place where this one begins. */
    private static void continueFrom(RunContext context, TrainingLoop loop, Place place) {
        saved(context, place.index() == 0 ? -1 : place.position(0, loop.steps()))
                .ifPresent(checkpoint -> {
                    for (String circumstance : loop.restore(Checkpoint.decode(checkpoint.bytes()))) {
                        context.folder()
                                .note("Resumed under other circumstances (" + circumstance
                                        + "): the bits may differ from those of an uninterrupted run.");
                    }
                    context.folder().note("Resumed at step " + loop.step() + ".");
                });
    }

    private static Control control(RunContext context, MetricLog log, Place place, long steps) {
        return Control.of()
                .withStop(context.stopRequested())
                .withClock(context.nanoClock())
                .withProgress((step, all) -> context.progress().at(place.progress(step, all), all))
                .withCheckpoints(
                        every(checkpointNanos(), context.nanoClock()),
                        checkpoint -> context.folder()
                                .checkpoint(
                                        place.position(checkpoint.step(), steps),
                                        log,
                                        out -> out.write(checkpoint.encode())));
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

package dev.rectifier.train;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What surrounds a run without changing its numbers.
 *
 * @param listeners called in this order
 * @param stopRequested asked between steps; true ends the run with a checkpoint
 * @param progress told after every step
 * @param checkpointCadence when checkpoints are made, besides at a stop and after the last step
 * @param checkpoints where they go
 * @param nanoClock nanoseconds on a clock, to keep what is done between two looks at all these short; one that stands still
 *     lets it be as long as it may
 * @param goesOn whether it goes on to the last step though no replica moves any more
 */
public record Control(
        List<Listener> listeners,
        BooleanSupplier stopRequested,
        Progress progress,
        Cadence checkpointCadence,
        CheckpointSink checkpoints,
        LongSupplier nanoClock,
        boolean goesOn) {
    public Control {
        listeners = List.copyOf(listeners);
    }

    /** These listeners, never stopped, no checkpoints. */
    public static Control of(Listener... listeners) {
        return new Control(
                List.of(listeners),
                () -> false,
                Progress.NONE,
                (step, steps) -> false,
                checkpoint -> {},
                () -> 0,
                false);
    }

    public Control withListeners(List<Listener> newListeners) {
        return new Control(newListeners, stopRequested, progress, checkpointCadence, checkpoints, nanoClock, goesOn);
    }

    public Control withStop(BooleanSupplier requested) {
        return new Control(listeners, requested, progress, checkpointCadence, checkpoints, nanoClock, goesOn);
    }

    public Control withProgress(Progress newProgress) {
        return new Control(listeners, stopRequested, newProgress, checkpointCadence, checkpoints, nanoClock, goesOn);
    }

    /** Checkpoints at {@code cadence}, when stopped, and after the last step. */
    public Control withCheckpoints(Cadence cadence, CheckpointSink sink) {
        return new Control(listeners, stopRequested, progress, cadence, sink, nanoClock, goesOn);
    }

    /** With a clock, so that a stop request or a checkpoint need not wait for long. */
    public Control withClock(LongSupplier clock) {
        return new Control(listeners, stopRequested, progress, checkpointCadence, checkpoints, clock, goesOn);
    }

    /** To the last step in any case: so that what is measured of some replicas does not depend on whether others move beside them. */
    public Control goingOn() {
        return new Control(listeners, stopRequested, progress, checkpointCadence, checkpoints, nanoClock, true);
    }
}

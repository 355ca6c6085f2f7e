package dev.rectifier.train;

import dev.rectifier.engine.Ring;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** The listeners of a run that look back: which steps a stretch keeps for them, and their calls once it is over. */
final class RingWatch {
    private final TrainState trainer;
    private final ProbeRing ring;
    private final List<Listener> listeners;
    private long[] due = {};

    RingWatch(TrainState trainer, ProbeRing ring, List<Listener> all) {
        this.trainer = trainer;
        this.ring = ring;
        listeners = all.stream().filter(Listener::looksBack).toList();
    }

    /**
     * Notes the steps after {@code step} and before {@code to} at which one of them looks.
     *
     * @return {@code to}, or the first step that finds the ring full
     */
    long plan(long step, long to) {
        LongStream.Builder steps = LongStream.builder();
        long next = next(step + 1, to);
        for (int k = 0; k < ring.slots() && next < to; k++) {
            steps.add(next);
            next = next(next + 1, to);
        }
        due = steps.build().toArray();
        return next;
    }

    private long next(long from, long to) {
        long next = to;
        for (Listener listener : listeners) {
            next = listener.next(from, next, trainer.steps());
        }
        return next;
    }

    private long[] due(long from, long count) {
        return LongStream.of(due)
                .filter(step -> step > from && step <= from + count)
                .toArray();
    }

    /** What {@code count} updates from step {@code from} on keep. */
    Optional<Ring> ring(long from, int count) {
        long[] steps = due(from, count);
        return steps.length == 0
                ? Optional.empty()
                : Optional.of(ring.after(LongStream.of(steps)
                        .mapToInt(step -> (int) (step - from))
                        .toArray()));
    }

    /** Calls them for what those updates have kept, in the order of the steps. */
    void tell(long from, int count) {
        long[] steps = due(from, count);
        for (int k = 0; k < steps.length; k++) {
            ring.show(k);
            TrainState passed = new PassedState(trainer, ring, steps[k]);
            for (Listener listener : listeners) {
                listener.observe(passed);
            }
        }
    }
}

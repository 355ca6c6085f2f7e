package dev.rectifier.train;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** At which steps something happens. */
@FunctionalInterface
public interface Cadence {
    /**
     * Whether it happens when {@code step} of {@code steps} updates are done; {@code step} runs from 0 (before training) to
     * {@code steps} (after the last).
     */
    boolean fires(long step, long steps);

    /** At 0, n, 2n, ... and after the last update. */
    static Cadence every(long n) {
        if (n < 1) {
            throw new IllegalArgumentException("A cadence of every n steps needs n >= 1, not " + n + ".");
        }
        return (step, steps) -> step % n == 0 || step == steps;
    }

    /** At these steps alone. */
    static Cadence at(Collection<Long> at) {
        Set<Long> chosen = Set.copyOf(at);
        return (step, steps) -> chosen.contains(step);
    }

    /** At these steps alone. */
    static Cadence at(Long... at) {
        return at(List.of(at));
    }

    /** Before training and after the last update. */
    static Cadence ends() {
        return (step, steps) -> step == 0 || step == steps;
    }

    /**
     * At 0, at round(10^(j / perDecade)) for j = 0, 1, 2, ..., and after the last update: equally spaced on a logarithmic
     * axis, with repeats merged where steps are few.
     */
    static Cadence logSpaced(int perDecade) {
        if (perDecade < 1) {
            throw new IllegalArgumentException(
                    "A log-spaced cadence needs at least 1 point per decade, not " + perDecade + ".");
        }
        return (step, steps) -> step == 0 || step == steps || isLogPoint(step, perDecade);
    }

    private static boolean isLogPoint(long step, int perDecade) {
        long nearest = Math.round(perDecade * StrictMath.log10((double) step));
        for (long j = Math.max(0, nearest - 1); j <= nearest + 1; j++) {
            if (Math.round(StrictMath.pow(10, (double) j / perDecade)) == step) {
                return true;
            }
        }
        return false;
    }

    /** When either does. */
    default Cadence or(Cadence other) {
        return (step, steps) -> fires(step, steps) || other.fires(step, steps);
    }

    /** {@code listener}, called at these steps alone. */
    default Listener calling(Listener listener) {
        return state -> {
            if (fires(state.step(), state.steps())) {
                listener.observe(state);
            }
        };
    }
}

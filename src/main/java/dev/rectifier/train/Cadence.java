package dev.rectifier.train;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** At which steps something happens. */
@FunctionalInterface
public interface Cadence {
    /**
     * Whether it happens when {@code step} of {@code steps} updates are done; {@code step} runs from 0 (before training) to
     * {@code steps} (after the last).
     */
    boolean fires(long step, long steps);

    /**
     * The first of the steps {@code from .. to - 1} at which it happens, {@code to} if there is none. Whoever asks a clock
     * or counts its calls must say it here, since this asks about the future.
     */
    default long next(long from, long to, long steps) {
        long step = from;
        while (step < to && !fires(step, steps)) {
            step++;
        }
        return step;
    }

    /** At 0, n, 2n, ... and after the last update. */
    static Cadence every(long n) {
        if (n < 1) {
            throw new IllegalArgumentException("A cadence of every n steps needs n >= 1, not " + n + ".");
        }
        return new Every(n);
    }

    /** Multiples of n, and the end. */
    record Every(long n) implements Cadence {
        @Override
        public boolean fires(long step, long steps) {
            return step % n == 0 || step == steps;
        }

        @Override
        public long next(long from, long to, long steps) {
            long multiple = (from + n - 1) / n * n;
            return Math.min(to, from <= steps ? Math.min(multiple, steps) : multiple);
        }
    }

    /** At these steps alone. */
    static Cadence at(Collection<Long> at) {
        return new At(new TreeSet<>(at));
    }

    /** At these steps alone. */
    static Cadence at(Long... at) {
        return at(List.of(at));
    }

    /** A list of steps. */
    record At(TreeSet<Long> chosen) implements Cadence {
        public At {
            chosen = new TreeSet<>(chosen);
        }

        @Override
        public boolean fires(long step, long steps) {
            return chosen.contains(step);
        }

        @Override
        public long next(long from, long to, long steps) {
            Long first = chosen.ceiling(from);
            return first == null ? to : Math.min(to, first);
        }
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
        return new LogSpaced(perDecade);
    }

    /** Points of a logarithmic axis. */
    record LogSpaced(int perDecade) implements Cadence {
        @Override
        public boolean fires(long step, long steps) {
            return step == 0 || step == steps || point(place(step)) == step;
        }

        @Override
        public long next(long from, long to, long steps) {
            if (from == 0) {
                return Math.min(to, 0);
            }
            long first = point(place(from));
            return Math.min(to, from <= steps ? Math.min(first, steps) : first);
        }

        /** Number of the first point at or after a step. */
        private long place(long step) {
            long j = Math.max(0, Math.round(perDecade * StrictMath.log10((double) step)) - 1);
            while (point(j) < step) {
                j++;
            }
            return j;
        }

        private long point(long j) {
            return Math.round(StrictMath.pow(10, (double) j / perDecade));
        }
    }

    /** When either does. */
    default Cadence or(Cadence other) {
        return new Either(this, other);
    }

    /** One or the other. */
    record Either(Cadence one, Cadence other) implements Cadence {
        @Override
        public boolean fires(long step, long steps) {
            return one.fires(step, steps) || other.fires(step, steps);
        }

        @Override
        public long next(long from, long to, long steps) {
            return Math.min(one.next(from, to, steps), other.next(from, to, steps));
        }
    }

    /** {@code listener}, called at these steps alone. */
    default Listener calling(Listener listener) {
        Cadence cadence = this;
        return new Listener() {
            @Override
            public void observe(TrainState state) {
                if (cadence.fires(state.step(), state.steps())) {
                    listener.observe(state);
                }
            }

            @Override
            public long next(long from, long to, long steps) {
                return cadence.next(from, to, steps);
            }

            @Override
            public boolean looksBack() {
                return listener.looksBack();
            }
        };
    }
}

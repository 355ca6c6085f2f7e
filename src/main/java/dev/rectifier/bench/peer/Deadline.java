package dev.rectifier.bench.peer;

import java.util.function.LongSupplier;

/**
 * When a bench is to be over.
 *
 * @param nanoClock the host's
 * @param end on that clock
 */
public record Deadline(LongSupplier nanoClock, long end) {
    private static final double MOST_MINUTES = 1e6;

    /** So many minutes from now; there may be infinitely many. */
    public static Deadline in(double minutes, LongSupplier nanoClock) {
        long nanos = (long) (Math.min(minutes, MOST_MINUTES) * 60e9);
        return new Deadline(nanoClock, nanoClock.getAsLong() + nanos);
    }

    /** Until then; negative once it is over. */
    public double seconds() {
        return (end - nanoClock.getAsLong()) * 1e-9;
    }

    public boolean isOver() {
        return seconds() <= 0;
    }
}

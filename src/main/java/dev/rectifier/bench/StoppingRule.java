package dev.rectifier.bench;

import dev.rectifier.stats.Moments;

/**
 * When enough was measured: at least {@code pairs} pairs, and the relative standard error of every mean below
 * {@code deviation}; or the time is up, or ten times as many pairs were taken.
 *
 * @param pairs at least so many
 * @param deviation relative standard error that is asked for
 * @param seconds time for one comparison
 * @param lapSeconds aimed at for one timed stretch
 * @param warmUp seconds of work before the first one: what Java compiles as it runs must be compiled
 */
public record StoppingRule(int pairs, double deviation, double seconds, double lapSeconds, double warmUp) {
    private static final int MOST = 10;

    public StoppingRule {
        if (pairs < 2) {
            throw new IllegalArgumentException("A comparison needs at least 2 pairs, not " + pairs + ".");
        }
    }

    /** 0.5 % of the mean, as nvbench asks for. */
    public static StoppingRule of(int pairs, boolean quick) {
        return quick ? new StoppingRule(pairs, 0.005, 0.2, 0.004, 0.3) : new StoppingRule(pairs, 0.005, 3, 0.02, 1);
    }

    /** Whether one contender's times scatter little enough. */
    boolean isSettled(double[] times) {
        Moments moments = Moments.of(times);
        return times.length >= pairs && moments.standardError() <= deviation * moments.mean();
    }

    /** Whether to stop without that. */
    boolean isExhausted(int taken, double elapsed) {
        return taken >= pairs && (elapsed >= seconds || taken >= MOST * pairs);
    }
}

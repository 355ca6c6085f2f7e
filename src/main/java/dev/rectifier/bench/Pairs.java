package dev.rectifier.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Two contenders timed in strict alternation, A B A B: a clock that drifts, a neighbour that wakes up, meets both alike.
 *
 * @param a ours
 * @param b the other
 */
public record Pairs(Laps a, Laps b) {
    private static final long MOST_CALLS = 1L << 22;

    /** Alternates until the rule is met. */
    public static Pairs alternate(Trial a, Trial b, StoppingRule rule, LongSupplier nanoClock) {
        long callsOfA = callsPerLap(a, rule);
        long callsOfB = callsPerLap(b, rule);
        List<Lap> first = new ArrayList<>();
        List<Lap> second = new ArrayList<>();
        long start = nanoClock.getAsLong();
        boolean settled = false;
        while (!settled && !rule.isExhausted(first.size(), (nanoClock.getAsLong() - start) * 1e-9)) {
            first.add(a.run(callsOfA));
            second.add(b.run(callsOfB));
            settled = rule.isSettled(times(first)) && rule.isSettled(times(second));
        }
        return new Pairs(new Laps(first, settled), new Laps(second, settled));
    }

    /** One contender alone. */
    public static Laps alone(Trial trial, StoppingRule rule, LongSupplier nanoClock) {
        long calls = callsPerLap(trial, rule);
        List<Lap> laps = new ArrayList<>();
        long start = nanoClock.getAsLong();
        boolean settled = false;
        while (!settled && !rule.isExhausted(laps.size(), (nanoClock.getAsLong() - start) * 1e-9)) {
            laps.add(trial.run(calls));
            settled = rule.isSettled(times(laps));
        }
        return new Laps(laps, settled);
    }

    /**
     * How many calls make a stretch as long as the rule wants it. Warms up on the way: what is compiled as
     * it runs, and a clock that rises under load, are left behind.
     */
    static long callsPerLap(Trial trial, StoppingRule rule) {
        long calls = 1;
        double spent = trial.run(1).wall();
        double last = 0;
        while (calls < MOST_CALLS && (last < rule.lapSeconds() || spent < rule.warmUp())) {
            calls = last < rule.lapSeconds() ? 2 * calls : calls;
            last = trial.run(calls).wall();
            spent += last;
        }
        return calls;
    }

    private static double[] times(List<Lap> laps) {
        return laps.stream().mapToDouble(Lap::perCall).toArray();
    }

    /** Times of B over times of A, pair by pair. */
    double[] ratios() {
        double[] ours = a.perCall();
        double[] theirs = b.perCall();
        for (int i = 0; i < ours.length; i++) {
            theirs[i] /= ours[i];
        }
        return theirs;
    }
}

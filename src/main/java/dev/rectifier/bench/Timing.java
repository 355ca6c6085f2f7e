package dev.rectifier.bench;

import dev.rectifier.stats.Interval;
import java.util.Optional;

/**
 * Seconds per call of one contender.
 *
 * @param seconds median on the wall's clock, with its interval
 * @param laps the stretches it comes from
 * @param itself the same contender's times over its own neighbouring times
 * @param ratio its time over the baseline's, pair by pair; empty for the baseline
 * @param launches kernels per call; NaN if unknown
 * @param busy share of the time in which a kernel ran; NaN if unknown
 */
public record Timing(
        Interval seconds, Laps laps, Interval itself, Optional<Interval> ratio, double launches, double busy) {
    static Timing of(Laps laps, Trial trial) {
        double[] times = laps.perCall();
        return new Timing(
                Ratio.median(times),
                laps,
                Ratio.ofItself(times),
                Optional.empty(),
                trial.launchesPerCall(),
                trial.busy());
    }

    Timing withRatio(Interval other) {
        return new Timing(seconds, laps, itself, Optional.of(other), launches, busy);
    }
}

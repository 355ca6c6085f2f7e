package dev.rectifier.bench;

import dev.rectifier.stats.Quantiles;
import java.util.ArrayList;
import java.util.List;

/**
 * Times of one contender in the order they were taken.
 *
 * @param laps timed stretches
 * @param settled whether they met the stopping rule's deviation
 */
public record Laps(List<Lap> laps, boolean settled) {
    private static final double UNKNOWN = Double.NaN;

    public Laps {
        laps = List.copyOf(laps);
    }

    /** These and those, taken before. */
    Laps after(Laps earlier) {
        List<Lap> all = new ArrayList<>(earlier.laps);
        all.addAll(laps);
        return new Laps(all, settled && earlier.settled);
    }

    /** Seconds per call of every stretch. */
    double[] perCall() {
        return laps.stream().mapToDouble(Lap::perCall).toArray();
    }

    /** Median seconds per call until the call had been asked for. */
    double host() {
        return median(laps.stream().mapToDouble(lap -> lap.host() / lap.calls()).toArray());
    }

    /** Median seconds per call on the device's clock. */
    double device() {
        return median(
                laps.stream().mapToDouble(lap -> lap.device() / lap.calls()).toArray());
    }

    private static double median(double[] values) {
        for (double value : values) {
            if (Double.isNaN(value)) {
                return UNKNOWN;
            }
        }
        return Quantiles.of(values).median();
    }
}

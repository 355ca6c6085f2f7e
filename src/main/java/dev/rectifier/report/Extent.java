package dev.rectifier.report;

import java.util.List;

/** The range of the values that an axis must show. */
final class Extent {
    private static final double PADDING = 0.04;

    private final boolean log;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;

    Extent(boolean log) {
        this.log = log;
    }

    void include(double value) {
        if (Double.isFinite(value) && (!log || value > 0)) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
    }

    void include(List<Double> values) {
        values.forEach(this::include);
    }

    /** The range as it is, without room; a single value gets some on both sides. */
    Extent settled() {
        Extent settled = new Extent(log);
        if (low > high) {
            settled.low = log ? 0.1 : 0;
            settled.high = 1;
        } else if (low == high) {
            double room = log ? 0 : Math.max(Math.abs(low) * 0.1, 1e-12);
            settled.low = log ? low / 2 : low - room;
            settled.high = log ? high * 2 : high + room;
        } else {
            settled.low = low;
            settled.high = high;
        }
        return settled;
    }

    /** The range with some room, and from zero where the values reach down near to it. */
    Extent padded() {
        Extent padded = settled();
        if (log) {
            double factor = Math.pow(padded.high / padded.low, PADDING);
            padded.low /= factor;
            padded.high *= factor;
            return padded;
        }
        double room = PADDING * (padded.high - padded.low);
        boolean nearZero = padded.low >= 0 && padded.low < 0.3 * padded.high;
        padded.low = nearZero ? 0 : padded.low - room;
        padded.high += room;
        return padded;
    }

    Scale scale(double from, double to) {
        return new Scale(low, high, log, from, to);
    }
}

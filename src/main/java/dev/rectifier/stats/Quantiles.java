package dev.rectifier.stats;

import java.util.Arrays;

/** Quantiles of a sample by linear interpolation between order statistics (Hyndman and Fan 1996, type 7). */
public final class Quantiles {
    private final double[] sorted;

    private Quantiles(double[] sorted) {
        this.sorted = sorted;
    }

    /** Sorts a copy of the sample once. */
    public static Quantiles of(double... values) {
        Sample.check(values, 1, "A quantile");
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Quantiles(sorted);
    }

    /** The quantile at {@code p} in [0, 1]: position p (n - 1) among the sorted values. */
    public double at(double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException("A quantile needs a probability in [0, 1], but it is " + p + ".");
        }
        double position = p * (sorted.length - 1);
        int below = (int) Math.floor(position);
        int above = Math.min(below + 1, sorted.length - 1);
        double share = position - below;
        return share == 0 ? sorted[below] : sorted[below] + share * (sorted[above] - sorted[below]);
    }

    /** The middle value. */
    public double median() {
        return at(0.5);
    }
}

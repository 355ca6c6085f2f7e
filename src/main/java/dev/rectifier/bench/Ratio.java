package dev.rectifier.bench;

import dev.rectifier.stats.Interval;
import dev.rectifier.stats.Quantiles;

/** Medians with percentile bootstrap intervals at 95 %. */
final class Ratio {
    private static final Interval.Bootstrap PLAN = new Interval.Bootstrap(1000, 0.95, 20260101);

    private Ratio() {}

    /** The median of a sample. */
    static Interval median(double[] values) {
        return Interval.bootstrap(values, sample -> Quantiles.of(sample).median(), PLAN);
    }

    /**
     * The median ratio of neighbouring times of one and the same contender: what two versions that do not differ would show.
     * Needs two times.
     */
    static Interval ofItself(double[] times) {
        double[] ratios = new double[times.length / 2];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = times[2 * i + 1] / times[2 * i];
        }
        return median(ratios);
    }
}

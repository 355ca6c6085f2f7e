package dev.rectifier.study;

import dev.rectifier.probe.HealthProbe;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.MetricTable;
import dev.rectifier.stats.Interval;
import dev.rectifier.stats.Moments;
import dev.rectifier.stats.Sample;
import java.util.Arrays;

/** Statistics over the replicas of a run: those whose numbers stopped being finite do not count, and that is said. */
public final class Replicas {
    private static final double LEVEL = 0.95;

    private Replicas() {}

    /** Values per replica at the last measurement of a metric; NaN for failed replicas. */
    public static double[] last(MetricTable table, String metric) {
        return healthy(table, table.series(metric).last());
    }

    /** Values per replica at a step; NaN for failed replicas. */
    public static double[] at(MetricTable table, String metric, long step) {
        return healthy(table, table.series(metric).atStep(step));
    }

    /** These values with NaN in place of failed replicas. */
    public static double[] healthy(MetricTable table, double[] values) {
        double[] result = values.clone();
        if (table.names().contains(HealthProbe.METRIC)) {
            double[] failed = table.series(HealthProbe.METRIC).last();
            for (int r = 0; r < result.length; r++) {
                result[r] = failed[r] > 0 ? Double.NaN : result[r];
            }
        }
        return result;
    }

    /** Number of replicas whose numbers stopped being finite; 0 for a run without training. */
    static int failed(MetricTable table) {
        if (!table.names().contains(HealthProbe.METRIC)) {
            return 0;
        }
        return (int) Arrays.stream(table.series(HealthProbe.METRIC).last())
                .filter(f -> f > 0)
                .count();
    }

    /** Mean with Student's 95 % interval over the finite values; NaN for none. */
    public static Estimate mean(double... values) {
        double[] finite = Sample.finite(values);
        String sample = finite.length + " of " + values.length + " replicas";
        if (finite.length == 0) {
            return Estimate.exact(Double.NaN, sample);
        }
        if (finite.length == 1) {
            return Estimate.exact(finite[0], sample);
        }
        Interval interval = Interval.student(finite, LEVEL);
        return new Estimate(interval.value(), interval.low(), interval.high(), sample);
    }

    /** The largest of the finite values; NaN for none. */
    public static Estimate largest(double... values) {
        double[] finite = Sample.finite(values);
        double value = finite.length == 0 ? Double.NaN : Moments.of(finite).max();
        return Estimate.exact(value, finite.length + " of " + values.length + " replicas");
    }

    /** Ratio of two values per replica. */
    public static double[] ratio(double[] above, double[] below) {
        double[] result = new double[above.length];
        for (int r = 0; r < result.length; r++) {
            result[r] = above[r] / below[r];
        }
        return result;
    }

    /** Difference of two values per replica. */
    public static double[] difference(double[] left, double[] right) {
        double[] result = new double[left.length];
        for (int r = 0; r < result.length; r++) {
            result[r] = left[r] - right[r];
        }
        return result;
    }
}

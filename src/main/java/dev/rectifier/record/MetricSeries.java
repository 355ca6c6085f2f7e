package dev.rectifier.record;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** One metric over the steps at which it was measured, for all replicas. NaN stands for "not measured". */
public final class MetricSeries {
    private final String name;
    private final long[] steps;
    private final double[][] values;

    MetricSeries(String name, long[] steps, double[][] values) {
        this.name = name;
        this.steps = steps;
        this.values = values;
    }

    /** The metric. */
    public String name() {
        return name;
    }

    /** Number of steps at which it was measured. */
    public int size() {
        return steps.length;
    }

    /** Number of replicas R. */
    public int replicas() {
        return values.length == 0 ? 0 : values[0].length;
    }

    /** The steps, ascending; a copy. */
    public long[] steps() {
        return steps.clone();
    }

    /** The steps as abscissae of a figure. */
    public double[] stepsAsDoubles() {
        return Arrays.stream(steps).asDoubleStream().toArray();
    }

    /** All replicas at the i-th measurement, [R]; a copy. */
    public double[] at(int index) {
        return values[index].clone();
    }

    /** All replicas at the last measurement, [R]. */
    public double[] last() {
        return at(steps.length - 1);
    }

    /** All replicas at a step, [R]. */
    public double[] atStep(long step) {
        int index = Arrays.binarySearch(steps, step);
        if (index < 0) {
            throw new IllegalArgumentException("'" + name + "' was not measured at step " + step + ", only at "
                    + steps.length + " steps from " + steps[0] + " to " + steps[steps.length - 1] + ".");
        }
        return at(index);
    }

    /** One replica over all steps. */
    public double[] ofReplica(int replica) {
        return Arrays.stream(values).mapToDouble(row -> row[replica]).toArray();
    }

    /** One number for each step, computed from all replicas, for example a mean or a quantile. */
    public double[] aggregate(ToDoubleFunction<double[]> statistic) {
        return Arrays.stream(values)
                .mapToDouble(row -> statistic.applyAsDouble(row.clone()))
                .toArray();
    }
}

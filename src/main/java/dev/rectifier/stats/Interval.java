package dev.rectifier.stats;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * A confidence interval.
 *
 * @param value point estimate
 * @param low lower end
 * @param high upper end
 * @param level confidence, for example 0.95
 */
public record Interval(double value, double low, double high, double level) {
    /** Student's interval of the mean: mean -+ t s / sqrt(n), with t the (1 + level) / 2 quantile at n - 1 degrees of freedom. */
    public static Interval student(double[] values, double level) {
        Sample.check(values, 2, "Student's interval");
        checkLevel(level);
        Moments moments = Moments.of(values);
        double t = new TDistribution(null, values.length - 1).inverseCumulativeProbability((1 + level) / 2);
        double half = t * moments.standardError();
        return new Interval(moments.mean(), moments.mean() - half, moments.mean() + half, level);
    }

    /** A percentile bootstrap. */
    public static Interval bootstrap(double[] values, ToDoubleFunction<double[]> statistic, Bootstrap plan) {
        Sample.check(values, 1, "The bootstrap");
        checkLevel(plan.level());
        double[] draws = new double[plan.resamples()];
        double[] resample = new double[values.length];
        SplittableRandom random = new SplittableRandom(plan.seed());
        for (int b = 0; b < draws.length; b++) {
            for (int i = 0; i < resample.length; i++) {
                resample[i] = values[random.nextInt(values.length)];
            }
            draws[b] = statistic.applyAsDouble(resample);
        }
        Quantiles quantiles = Quantiles.of(draws);
        double tail = (1 - plan.level()) / 2;
        return new Interval(statistic.applyAsDouble(values), quantiles.at(tail), quantiles.at(1 - tail), plan.level());
    }

    /**
     * How a bootstrap is drawn.
     *
     * @param resamples number of samples drawn with replacement
     * @param level confidence
     * @param seed the same seed gives the same interval
     */
    public record Bootstrap(int resamples, double level, long seed) {
        public Bootstrap {
            if (resamples < 1) {
                throw new IllegalArgumentException(
                        "A bootstrap needs at least one resample, but it has " + resamples + ".");
            }
        }
    }

    /** Whether a value lies in the interval. */
    public boolean contains(double x) {
        return x >= low && x <= high;
    }

    /** Half the width. */
    public double halfWidth() {
        return (high - low) / 2;
    }

    static void checkLevel(double level) {
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("A confidence level lies between 0 and 1, but it is " + level + ".");
        }
    }
}

package dev.rectifier.stats;

import org.apache.commons.math3.distribution.TDistribution;

/**
 * A straight line y = intercept + slope x, fitted by least squares.
 *
 * @param slope slope
 * @param intercept value at x = 0
 * @param slopeError standard error of the slope; NaN for two points
 * @param rSquared share of the variance explained
 * @param count number of points
 */
public record Regression(double slope, double intercept, double slopeError, double rSquared, int count) {
    /** Fits the line; x must not be constant. */
    public static Regression fit(double[] x, double[] y) {
        Sample.checkPaired(x, y, 2, "A regression");
        Moments mx = Moments.of(x);
        Moments my = Moments.of(y);
        if (mx.m2() == 0) {
            throw new IllegalArgumentException("A regression needs two different x, but all are " + x[0] + ".");
        }
        double sxy = crossSum(x, y, mx.mean(), my.mean());
        double slope = sxy / mx.m2();
        double intercept = my.mean() - slope * mx.mean();
        double residual = residual(x, y, slope, intercept);
        double error = Math.sqrt(residual / (x.length - 2) / mx.m2());
        double explained = my.m2() == 0 ? 1 : 1 - residual / my.m2();
        return new Regression(slope, intercept, x.length > 2 ? error : Double.NaN, explained, x.length);
    }

    /** Pearson's correlation; NaN where one side is constant. */
    public static double correlation(double[] x, double[] y) {
        Sample.checkPaired(x, y, 2, "A correlation");
        Moments mx = Moments.of(x);
        Moments my = Moments.of(y);
        double norm = Math.sqrt(mx.m2() * my.m2());
        return norm == 0 ? Double.NaN : Math.max(-1, Math.min(1, crossSum(x, y, mx.mean(), my.mean()) / norm));
    }

    private static double crossSum(double[] x, double[] y, double meanX, double meanY) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (x[i] - meanX) * (y[i] - meanY);
        }
        return sum;
    }

    private static double residual(double[] x, double[] y, double slope, double intercept) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            double rest = y[i] - intercept - slope * x[i];
            sum += rest * rest;
        }
        return sum;
    }

    /** Student's interval of the slope. */
    public Interval slopeInterval(double level) {
        Interval.checkLevel(level);
        if (count < 3) {
            throw new IllegalArgumentException(
                    "The slope's interval needs at least 3 points, but there are " + count + ".");
        }
        double t = new TDistribution(null, count - 2).inverseCumulativeProbability((1 + level) / 2);
        return new Interval(slope, slope - t * slopeError, slope + t * slopeError, level);
    }

    /** The line at {@code x}. */
    public double at(double x) {
        return intercept + slope * x;
    }
}

package dev.rectifier.curvature;

import java.util.function.DoubleUnaryOperator;

/**
 * A number estimated from random probes.
 *
 * @param value unbiased unless said otherwise
 * @param standardError its standard deviation, itself estimated from the samples; NaN from fewer than two
 * @param samples how many
 */
public record Estimate(double value, double standardError, int samples) {
    static Estimate mean(double[] samples) {
        return new Estimate(Spread.mean(samples), Math.sqrt(Spread.variance(samples) / samples.length), samples.length);
    }

    Estimate plus(double known) {
        return new Estimate(value + known, standardError, samples);
    }

    /** f of it, to first order in the error. */
    Estimate map(DoubleUnaryOperator f, double slope) {
        return new Estimate(f.applyAsDouble(value), Math.abs(slope) * standardError, samples);
    }
}

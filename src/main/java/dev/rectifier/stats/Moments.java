package dev.rectifier.stats;

/**
 * Count, mean, sum of squared deviations, least and greatest value of a sample: a monoid under {@link #merge}.
 *
 * <p>Updates and merges follow Chan, Golub and LeVeque (1983): with d = mean_b - mean_a and n = n_a + n_b,
 * mean = mean_a + d n_b / n and m2 = m2_a + m2_b + d^2 n_a n_b / n.
 *
 * @param count number of values
 * @param mean arithmetic mean; 0 for none
 * @param m2 sum of squared deviations from the mean
 * @param min least value; infinity for none
 * @param max greatest value; minus infinity for none
 */
public record Moments(long count, double mean, double m2, double min, double max) {
    /** No values. */
    public static Moments empty() {
        return new Moments(0, 0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    }

    /** The moments of a sample, by two passes (exact to rounding even for a large mean). */
    public static Moments of(double... values) {
        Sample.check(values, 0, "The mean");
        if (values.length == 0) {
            return empty();
        }
        double mean = mean(values);
        double m2 = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            m2 += (value - mean) * (value - mean);
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        return new Moments(values.length, mean, m2, min, max);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double rest = 0;
        for (double value : values) {
            rest += value - mean;
        }
        return mean + rest / values.length;
    }

    /** The moments of both samples together. */
    public Moments merge(Moments other) {
        if (count == 0) {
            return other;
        }
        if (other.count == 0) {
            return this;
        }
        double total = (double) count + other.count;
        double delta = other.mean - mean;
        return new Moments(
                count + other.count,
                mean + delta * (other.count / total),
                m2 + other.m2 + delta * delta * (count / total) * other.count,
                Math.min(min, other.min),
                Math.max(max, other.max));
    }

    /** These moments with one more value. */
    public Moments plus(double value) {
        return merge(of(value));
    }

    /** Unbiased variance, m2 / (n - 1); NaN for fewer than two values. */
    public double variance() {
        return count < 2 ? Double.NaN : m2 / (count - 1);
    }

    /** Square root of {@link #variance}. */
    public double standardDeviation() {
        return Math.sqrt(variance());
    }

    /** Standard error of the mean, sqrt(variance / n). */
    public double standardError() {
        return Math.sqrt(variance() / count);
    }
}

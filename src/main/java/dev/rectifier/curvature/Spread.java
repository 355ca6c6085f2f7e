package dev.rectifier.curvature;

import java.util.Arrays;

/**
 * A mean over R replicas and n probes of each, and where its scatter comes from. The two parts stay apart, since more probes help
 * against the first alone: of replica r's samples x[r][i] with mean m[r], overProbes^2 = mean_r sum_i (x[r][i] - m[r])^2 / (n - 1)
 * and overReplicas^2 = variance of m[r] - overProbes^2 / n (0 where that is negative): one-way analysis of variance.
 *
 * @param mean over all
 * @param overProbes standard deviation of one probe's sample about its replica's value; NaN for one probe
 * @param overReplicas standard deviation of the replicas' values; NaN for one replica or one probe
 * @param replicas R
 * @param probes n
 */
public record Spread(double mean, double overProbes, double overReplicas, int replicas, int probes) {
    /**
     * The spread of samples.
     *
     * @param samples [R][n]
     */
    public static Spread of(double[][] samples) {
        int replicas = samples.length;
        int probes = samples[0].length;
        double[] means = Arrays.stream(samples).mapToDouble(Spread::mean).toArray();
        double within =
                Arrays.stream(samples).mapToDouble(Spread::variance).average().orElse(Double.NaN);
        double between = Math.max(variance(means) - within / probes, 0);
        return new Spread(mean(means), Math.sqrt(within), Math.sqrt(between), replicas, probes);
    }

    /** Standard error of the mean, these replicas being given: what probes leave open. */
    public double probeError() {
        return overProbes / Math.sqrt((double) replicas * probes);
    }

    static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    /** Unbiased; NaN for fewer than two values. */
    static double variance(double[] values) {
        double mean = mean(values);
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        return values.length < 2 ? Double.NaN : squares / (values.length - 1);
    }
}

package dev.rectifier.study;

import dev.rectifier.record.Estimate;
import dev.rectifier.record.MetricTable;
import dev.rectifier.stats.Quantiles;
import dev.rectifier.stats.Sample;
import java.util.ArrayList;
import java.util.List;

/**
 * One metric of one run at its last measurement, over the replicas.
 *
 * @param run name of the run
 * @param metric name of the metric
 * @param mean with its interval and how many replicas count
 * @param low 5 % quantile
 * @param median middle value
 * @param high 95 % quantile
 */
public record ReplicaSummary(String run, String metric, Estimate mean, double low, double median, double high) {
    /** Summaries of all metrics of a run, except those of single nodes and pairs of nodes (three names or more). */
    public static List<ReplicaSummary> of(String run, MetricTable table) {
        List<ReplicaSummary> rows = new ArrayList<>();
        for (String metric : table.names()) {
            if (metric.split("/", -1).length < 3) {
                rows.add(of(run, metric, Replicas.last(table, metric)));
            }
        }
        return rows;
    }

    private static ReplicaSummary of(String run, String metric, double[] values) {
        double[] finite = Sample.finite(values);
        Estimate mean = Replicas.mean(values);
        if (finite.length == 0) {
            return new ReplicaSummary(run, metric, mean, Double.NaN, Double.NaN, Double.NaN);
        }
        Quantiles quantiles = Quantiles.of(finite);
        return new ReplicaSummary(run, metric, mean, quantiles.at(0.05), quantiles.median(), quantiles.at(0.95));
    }
}

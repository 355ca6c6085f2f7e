package dev.rectifier.study;

import dev.rectifier.record.Figure;
import dev.rectifier.record.VerdictTable;
import java.util.List;

/**
 * All that a study produced.
 *
 * @param study which
 * @param scale how much of it
 * @param results one per planned run
 * @param verdicts one per claim; empty if the study was interrupted
 * @param figures empty if the study was interrupted
 * @param summaries mean, interval and quantiles over the replicas, per run and metric
 */
public record StudyReport(
        Study study,
        Scale scale,
        List<RunResult> results,
        VerdictTable verdicts,
        List<Figure> figures,
        List<ReplicaSummary> summaries) {
    public StudyReport {
        results = List.copyOf(results);
        figures = List.copyOf(figures);
        summaries = List.copyOf(summaries);
    }

    /** True if a stop request ended it early; resuming continues it. */
    public boolean isInterrupted() {
        return results.stream()
                .anyMatch(r -> r.kind() == RunResult.Kind.INTERRUPTED || r.kind() == RunResult.Kind.NOT_STARTED);
    }

    /** Runs that an error ended. */
    public List<RunResult> failures() {
        return results.stream().filter(r -> r.kind() == RunResult.Kind.FAILED).toList();
    }

    /** Replicas of all runs whose numbers stopped being finite. */
    public int failedReplicas() {
        return results.stream().mapToInt(RunResult::failedReplicas).sum();
    }
}

package dev.rectifier.record;

import java.util.List;

/**
 * The verdicts of a study.
 *
 * @param title heading, for example the study and its scale
 * @param verdicts one for each claim, in the order of the paper
 */
public record VerdictTable(String title, List<Verdict> verdicts) {
    public VerdictTable {
        verdicts = List.copyOf(verdicts);
    }

    /** Whether there is a verdict and every one passes. */
    public boolean allPass() {
        return !verdicts.isEmpty() && failures().isEmpty();
    }

    /** The verdicts that fail. */
    public List<Verdict> failures() {
        return verdicts.stream().filter(verdict -> !verdict.pass()).toList();
    }
}

package dev.rectifier.study;

import dev.rectifier.record.Figure;
import dev.rectifier.record.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * What a study found.
 *
 * @param verdicts one per claim
 * @param figures in the order of the study's page
 */
public record Analysis(List<Verdict> verdicts, List<Figure> figures) {
    public Analysis {
        verdicts = List.copyOf(verdicts);
        figures = List.copyOf(figures);
    }

    /** This analysis followed by another. */
    public Analysis and(Analysis other) {
        List<Verdict> allVerdicts = new ArrayList<>(verdicts);
        allVerdicts.addAll(other.verdicts);
        List<Figure> allFigures = new ArrayList<>(figures);
        allFigures.addAll(other.figures);
        return new Analysis(allVerdicts, allFigures);
    }
}

package dev.rectifier.report;

import dev.rectifier.record.Verdict;
import dev.rectifier.record.VerdictTable;
import java.util.List;
import java.util.stream.Collectors;

/** A verdict table in Markdown. */
public final class VerdictMarkdown {
    private VerdictMarkdown() {}

    /** A heading, the table and the closing count. */
    public static String of(VerdictTable table) {
        String rows = table.verdicts().stream()
                .map(VerdictMarkdown::cells)
                .map(VerdictMarkdown::row)
                .collect(Collectors.joining());
        return "## " + escaped(table.title()) + "\n\n"
                + row(List.of("claim", "statement", "statistic", "paper", "ours", "band", "measured on", "verdict"))
                + row(List.of("---", "---", "---", "---", "---", "---", "---", "---"))
                + rows
                + "\n" + VerdictText.summary(table) + "\n";
    }

    private static List<String> cells(Verdict verdict) {
        return List.of(
                escaped(verdict.claim().id()),
                escaped(verdict.claim().statement()),
                escaped(verdict.claim().statistic()),
                escaped(verdict.claim().paper()),
                escaped(verdict.ours().text()),
                escaped(verdict.claim().band().text()),
                escaped(verdict.ours().sample()),
                verdict.pass() ? "pass" : "**FAIL**");
    }

    static String row(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    static String escaped(String text) {
        return text.replaceAll("[\\\\`*_{}\\[\\]<>#|]", "\\\\$0").replaceAll("\\s+", " ");
    }
}

package dev.rectifier.report;

import dev.rectifier.record.Verdict;
import dev.rectifier.record.VerdictTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A verdict table as aligned plain text of at most 100 columns. */
public final class VerdictText {
    private static final int COLUMNS = 100;
    private static final List<String> HEADINGS = List.of("claim", "statistic", "paper", "ours", "band", "verdict");
    /** Widest each column may get; longer words go on in the next line. Together with the gaps at most 100. */
    private static final List<Integer> LIMITS = List.of(17, 24, 12, 21, 11, 5);

    private static final String GAP = "  ";

    private VerdictText() {}

    /** The table, a closing line with the count, and for each failed claim its statement. */
    public static String of(VerdictTable table) {
        List<List<List<String>>> rows = new ArrayList<>();
        rows.add(wrapped(HEADINGS.stream()
                .map(heading -> heading.equals("verdict") ? "" : heading)
                .toList()));
        table.verdicts().forEach(verdict -> rows.add(wrapped(cells(verdict))));
        List<Integer> widths = IntStream.range(0, HEADINGS.size())
                .mapToObj(column -> widest(rows, column))
                .toList();
        StringBuilder out = new StringBuilder();
        TextWrap.lines(table.title(), COLUMNS).forEach(line -> out.append(line).append('\n'));
        out.append('\n');
        rows.forEach(row -> appendRow(out, row, widths));
        out.append('\n').append(summary(table)).append('\n');
        table.failures().forEach(verdict -> appendFailure(out, verdict));
        return out.toString();
    }

    static List<String> cells(Verdict verdict) {
        return List.of(
                verdict.claim().id(),
                verdict.claim().statistic(),
                verdict.claim().paper(),
                verdict.ours().text(),
                verdict.claim().band().text(),
                verdict.word());
    }

    /** {@code 5 of 6 claims hold.} */
    public static String summary(VerdictTable table) {
        int all = table.verdicts().size();
        return (all - table.failures().size()) + " of " + all + " claims hold.";
    }

    private static List<List<String>> wrapped(List<String> cells) {
        return IntStream.range(0, cells.size())
                .mapToObj(i -> TextWrap.lines(cells.get(i), LIMITS.get(i)))
                .toList();
    }

    private static int widest(List<List<List<String>>> rows, int column) {
        return rows.stream()
                .flatMap(row -> row.get(column).stream())
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    private static void appendRow(StringBuilder out, List<List<String>> row, List<Integer> widths) {
        int height = row.stream().mapToInt(List::size).max().orElse(0);
        for (int line = 0; line < height; line++) {
            int at = line;
            String text = IntStream.range(0, row.size())
                    .mapToObj(i -> padded(at < row.get(i).size() ? row.get(i).get(at) : "", widths.get(i)))
                    .collect(Collectors.joining(GAP));
            out.append(text.stripTrailing()).append('\n');
        }
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static void appendFailure(StringBuilder out, Verdict verdict) {
        String line =
                "FAIL " + verdict.claim().id() + ": " + ended(verdict.claim().statement()) + " Measured on "
                        + verdict.ours().sample() + ".";
        TextWrap.lines(line, COLUMNS).forEach(part -> out.append(part).append('\n'));
    }

    private static String ended(String sentence) {
        return sentence.endsWith(".") ? sentence : sentence + ".";
    }
}

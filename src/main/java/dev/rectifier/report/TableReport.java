package dev.rectifier.report;

import dev.rectifier.record.Figure;
import dev.rectifier.record.TextTable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Tables and figures as one HTML page that needs no other file, no script and no network, or as Markdown.
 *
 * @param title heading
 * @param summary one paragraph
 * @param tables in order
 * @param figures in order
 * @param facts circumstances, name to value, in order
 * @param rerun the command that makes the same again
 */
public record TableReport(
        String title,
        String summary,
        List<TextTable> tables,
        List<Figure> figures,
        Map<String, String> facts,
        String rerun) {
    public TableReport {
        tables = List.copyOf(tables);
        figures = List.copyOf(figures);
    }

    /** The page, UTF-8. */
    public String page() {
        String all = tables.stream().map(TableReport::section).collect(Collectors.joining());
        return new HtmlPage(title, summary, figures, facts, rerun).around(all);
    }

    private static String section(TextTable table) {
        String heads = table.columns().stream()
                .map(head -> "<th>" + Markup.escaped(head) + "</th>")
                .collect(Collectors.joining());
        String rows = table.rows().stream().map(TableReport::row).collect(Collectors.joining());
        return "<h2>" + Markup.escaped(table.title()) + "</h2>\n<div class=\"scroll\"><table>\n<tr>" + heads + "</tr>\n"
                + rows + "</table></div>\n";
    }

    private static String row(List<String> cells) {
        return cells.stream().map(text -> HtmlPage.cell("", text)).collect(Collectors.joining("", "<tr>", "</tr>\n"));
    }

    /** The tables and the circumstances, without figures. */
    public String markdown() {
        String all = markdown(tables);
        String circumstances = facts.entrySet().stream()
                .map(fact -> VerdictMarkdown.row(
                        List.of(VerdictMarkdown.escaped(fact.getKey()), VerdictMarkdown.escaped(fact.getValue()))))
                .collect(Collectors.joining());
        return "# " + VerdictMarkdown.escaped(title) + "\n\n" + VerdictMarkdown.escaped(summary) + "\n\n" + all
                + "\n## Circumstances\n\n" + VerdictMarkdown.row(List.of("what", "value"))
                + VerdictMarkdown.row(List.of("---", "---")) + circumstances + "\n    " + rerun + "\n";
    }

    /** Tables alone. */
    public static String markdown(List<TextTable> tables) {
        return tables.stream().map(TableReport::markdown).collect(Collectors.joining("\n"));
    }

    private static String markdown(TextTable table) {
        List<String> rule = table.columns().stream().map(head -> "---").toList();
        String rows = table.rows().stream()
                .map(cells -> VerdictMarkdown.row(
                        cells.stream().map(VerdictMarkdown::escaped).toList()))
                .collect(Collectors.joining());
        return "## " + VerdictMarkdown.escaped(table.title()) + "\n\n" + VerdictMarkdown.row(table.columns())
                + VerdictMarkdown.row(rule) + rows;
    }
}

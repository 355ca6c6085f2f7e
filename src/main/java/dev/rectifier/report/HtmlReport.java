package dev.rectifier.report;

import dev.rectifier.record.Figure;
import dev.rectifier.record.Verdict;
import dev.rectifier.record.VerdictTable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One HTML page that needs no other file, no script and no network.
 *
 * <pre>{@code
 * String page = new HtmlReport("Luck matters, small", summary, table, figures, facts, "rectifier run luck-matters scale=small").page();
 * DurableFile.write(Path.of("report.html"), page);
 * }</pre>
 *
 * @param title heading
 * @param summary one paragraph: what was asked and found
 * @param verdicts paper, ours, verdict
 * @param figures in the order of reading
 * @param facts circumstances, name to value, in the order of reading
 * @param rerun the command that repeats the run
 */
public record HtmlReport(
        String title,
        String summary,
        VerdictTable verdicts,
        List<Figure> figures,
        Map<String, String> facts,
        String rerun) {
    public HtmlReport {
        figures = List.copyOf(figures);
    }

    /** The page, UTF-8. */
    public String page() {
        return new HtmlPage(title, summary, figures, facts, rerun).around(verdictSection());
    }

    private String verdictSection() {
        String rows = verdicts.verdicts().stream().map(HtmlReport::row).collect(Collectors.joining());
        return "<h2>" + Markup.escaped(verdicts.title()) + "</h2>\n<p>" + VerdictText.summary(verdicts) + "</p>\n"
                + "<div class=\"scroll\"><table>\n<tr><th>claim</th><th>statement</th><th>statistic</th><th>paper</th>"
                + "<th>ours</th><th>band</th><th>measured on</th><th>verdict</th></tr>\n" + rows + "</table></div>\n";
    }

    private static String row(Verdict verdict) {
        return "<tr>" + HtmlPage.cell("", verdict.claim().id())
                + HtmlPage.cell("", verdict.claim().statement())
                + HtmlPage.cell("", verdict.claim().statistic())
                + HtmlPage.cell("", verdict.claim().paper())
                + HtmlPage.cell(" class=\"number\"", verdict.ours().text())
                + HtmlPage.cell(" class=\"number\"", verdict.claim().band().text())
                + HtmlPage.cell("", verdict.ours().sample())
                + HtmlPage.cell(verdict.pass() ? " class=\"pass\"" : " class=\"fail\"", verdict.word()) + "</tr>\n";
    }
}

package dev.rectifier.report;

import dev.rectifier.record.Figure;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What all pages have in common: style, heading, figures, circumstances, and the command.
 *
 * @param title heading
 * @param summary one paragraph
 * @param figures in order
 * @param facts name to value, in order
 * @param rerun the command that makes the same again
 */
record HtmlPage(String title, String summary, List<Figure> figures, Map<String, String> facts, String rerun) {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #222; --pale: #666; --page: #fff; --line: #ddd; --pass: #00694c; --fail: #b23b00; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e6e6e6; --pale: #a0a0a0; --page: #17191c; --line: #3a3d42; --pass: #4cc9a0; --fail: #ff9a66; }
            }
            body { font: 16px/1.5 system-ui, 'DejaVu Sans', Verdana, sans-serif; color: var(--ink); background: var(--page);
                   max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; font-size: 0.9rem; }
            th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.7rem; border-bottom: 1px solid var(--line); }
            td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
            .pass { color: var(--pass); font-weight: bold; } .fail { color: var(--fail); font-weight: bold; }
            figure { margin: 1.5rem 0; } figure svg { max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
            figcaption, .pale { color: var(--pale); font-size: 0.9rem; }
            pre { background: rgba(128, 128, 128, 0.15); padding: 0.7rem 1rem; border-radius: 6px; overflow-x: auto; }
            """;

    /** The page around its own part. */
    String around(String part) {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<title>" + Markup.escaped(title) + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n"
                + "<h1>" + Markup.escaped(title) + "</h1>\n<p>" + Markup.escaped(summary) + "</p>\n"
                + part
                + figureSection()
                + factSection()
                + "<h2>How to run it again</h2>\n<pre>" + Markup.escaped(rerun) + "</pre>\n</body>\n</html>\n";
    }

    static String cell(String attributes, String text) {
        return "<td" + attributes + ">" + Markup.escaped(text) + "</td>";
    }

    private String figureSection() {
        String drawn = figures.stream().map(HtmlPage::figure).collect(Collectors.joining());
        return figures.isEmpty() ? "" : "<h2>Figures</h2>\n" + drawn;
    }

    private static String figure(Figure figure) {
        return "<figure id=\"" + figure.text().id() + "\">\n" + FigureFiles.svg(figure) + "<figcaption>"
                + Markup.escaped(figure.text().caption()) + "</figcaption>\n</figure>\n";
    }

    private String factSection() {
        String rows = facts.entrySet().stream()
                .map(fact ->
                        "<tr><th>" + Markup.escaped(fact.getKey()) + "</th>" + cell("", fact.getValue()) + "</tr>\n")
                .collect(Collectors.joining());
        return facts.isEmpty()
                ? ""
                : "<h2>Circumstances</h2>\n<div class=\"scroll\"><table>\n" + rows + "</table></div>\n";
    }
}

/**
 * Draws figures and writes verdicts: SVG, PNG, text, Markdown, JSON and one self-contained HTML page for each run.
 *
 * <pre>{@code
 * System.out.print(VerdictText.of(table));
 * run.write("figures/loss.svg", FigureFiles.svg(figure));
 * run.write("figures/loss.png", out -> out.write(FigureFiles.png(figure)));
 * run.write("report.html", new HtmlReport(title, summary, table, figures, ManifestFacts.of(spec, manifest), command).page());
 * }</pre>
 *
 * <p>May import: record and stats.
 */
@NullMarked
package dev.rectifier.report;

import org.jspecify.annotations.NullMarked;

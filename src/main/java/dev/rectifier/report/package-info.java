/**
 * Draws figures and writes verdicts: SVG, PNG, text, Markdown, JSON and one self-contained HTML page for each run.
 *
 * <p>May import: record and stats.
 */
@NullMarked
package dev.rectifier.report;

import org.jspecify.annotations.NullMarked;

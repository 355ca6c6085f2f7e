package dev.rectifier.record;

import java.util.List;

/**
 * Curves over a common pair of axes, with optional bands.
 *
 * @param text name, heading, caption, origin
 * @param x horizontal axis
 * @param y vertical axis
 * @param lines curves, in the order of the legend
 * @param references levels drawn across
 */
public record LineFigure(FigureText text, Axis x, Axis y, List<Line> lines, List<Reference> references)
        implements Figure {
    public LineFigure {
        lines = List.copyOf(lines);
        references = List.copyOf(references);
    }

    /** Curves without reference levels. */
    public LineFigure(FigureText text, Axis x, Axis y, List<Line> lines) {
        this(text, x, y, lines, List.of());
    }
}

package dev.rectifier.record;

import java.util.List;

/**
 * Several figures side by side under one caption; panels are lettered a, b, c.
 *
 * @param text name, heading, caption, origin
 * @param columns panels in a row
 * @param panels the figures; a panel's own caption is not drawn
 */
public record PanelFigure(FigureText text, int columns, List<Figure> panels) implements Figure {
    public PanelFigure {
        panels = List.copyOf(panels);
        if (columns < 1 || panels.isEmpty()) {
            throw new IllegalArgumentException(
                    "The figure '" + text.id() + "' needs at least one column and one panel.");
        }
        if (panels.stream().anyMatch(PanelFigure.class::isInstance)) {
            throw new IllegalArgumentException("The figure '" + text.id() + "' has panels within panels.");
        }
    }
}

package dev.rectifier.record;

import java.util.Arrays;
import java.util.List;

/**
 * A matrix as colours; row 0 is drawn at the top. Values that are not finite are drawn grey.
 *
 * @param text name, heading, caption, origin
 * @param xLabel what the columns are
 * @param yLabel what the rows are
 * @param valueLabel what the colour means
 * @param rows values, all rows equally long
 * @param signed whether the colours diverge from zero; else they run from the least to the greatest value
 */
public record HeatMapFigure(
        FigureText text, String xLabel, String yLabel, String valueLabel, List<List<Double>> rows, boolean signed)
        implements Figure {
    public HeatMapFigure {
        rows = rows.stream().map(List::copyOf).toList();
        if (rows.isEmpty() || rows.get(0).isEmpty()) {
            throw new IllegalArgumentException("The heat map '" + text.id() + "' has no cells.");
        }
        int columns = rows.get(0).size();
        if (rows.stream().anyMatch(row -> row.size() != columns)) {
            throw new IllegalArgumentException("The heat map '" + text.id() + "' has rows of unequal length.");
        }
    }

    /** Rows from arrays. */
    public static List<List<Double>> rowsOf(double[][] values) {
        return Arrays.stream(values).map(Line::boxed).toList();
    }
}

package dev.rectifier.record;

import java.util.Arrays;
import java.util.List;

/**
 * One curve. Points that are not finite break it.
 *
 * @param name entry in the legend; an empty name has none
 * @param x abscissae
 * @param y ordinates, as many as {@code x}
 * @param low lower edge of the band, as many as {@code x}; empty for no band
 * @param high upper edge of the band
 * @param stroke how it is drawn
 */
public record Line(String name, List<Double> x, List<Double> y, List<Double> low, List<Double> high, Stroke stroke) {
    /** How a line is drawn. */
    public enum Stroke {
        SOLID,
        DASHED,
        /** Thin and pale, for single replicas behind their mean. */
        FAINT
    }

    public Line {
        x = List.copyOf(x);
        y = List.copyOf(y);
        low = List.copyOf(low);
        high = List.copyOf(high);
        boolean bandFits = low.size() == high.size() && (low.isEmpty() || low.size() == x.size());
        if (x.size() != y.size() || !bandFits) {
            throw new IllegalArgumentException("The line '" + name + "' has " + x.size() + " x, " + y.size() + " y, "
                    + low.size() + " low and " + high.size() + " high values; they must be equally many.");
        }
    }

    /** A solid line without a band. */
    public static Line of(String name, double[] x, double[] y) {
        return new Line(name, boxed(x), boxed(y), List.of(), List.of(), Stroke.SOLID);
    }

    /** This line with a band. */
    public Line withBand(double[] bandLow, double[] bandHigh) {
        return new Line(name, x, y, boxed(bandLow), boxed(bandHigh), stroke);
    }

    /** This line, drawn otherwise. */
    public Line withStroke(Stroke other) {
        return new Line(name, x, y, low, high, other);
    }

    static List<Double> boxed(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}

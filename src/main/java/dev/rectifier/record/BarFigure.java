package dev.rectifier.record;

import java.util.List;

/**
 * Groups of bars with optional error bars.
 *
 * @param text name, heading, caption, origin
 * @param xLabel what the categories are
 * @param y vertical axis; bars start at zero (linear) or at the lower edge (log)
 * @param categories names along the horizontal axis
 * @param bars one set for each colour
 */
public record BarFigure(FigureText text, String xLabel, Axis y, List<String> categories, List<Bars> bars)
        implements Figure {
    public BarFigure {
        categories = List.copyOf(categories);
        bars = List.copyOf(bars);
        for (Bars set : bars) {
            if (set.values().size() != categories.size()) {
                throw new IllegalArgumentException("The bars '" + set.name() + "' have "
                        + set.values().size() + " values for " + categories.size() + " categories.");
            }
        }
    }

    /**
     * Bars of one colour.
     *
     * @param name entry in the legend
     * @param values one for each category
     * @param low lower ends of the error bars; empty for none
     * @param high upper ends
     */
    public record Bars(String name, List<Double> values, List<Double> low, List<Double> high) {
        public Bars {
            values = List.copyOf(values);
            low = List.copyOf(low);
            high = List.copyOf(high);
            if (low.size() != high.size() || (!low.isEmpty() && low.size() != values.size())) {
                throw new IllegalArgumentException("The bars '" + name + "' have " + values.size() + " values, "
                        + low.size() + " low and " + high.size() + " high ends; they must be equally many.");
            }
        }

        /** Bars without error bars. */
        public static Bars of(String name, double... values) {
            return new Bars(name, Line.boxed(values), List.of(), List.of());
        }

        /** These bars with error bars. */
        public Bars withErrors(double[] errorLow, double[] errorHigh) {
            return new Bars(name, values, Line.boxed(errorLow), Line.boxed(errorHigh));
        }
    }
}

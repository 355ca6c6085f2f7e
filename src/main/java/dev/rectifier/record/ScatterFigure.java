package dev.rectifier.record;

import java.util.List;

/**
 * Clouds of points.
 *
 * @param text name, heading, caption, origin
 * @param x horizontal axis
 * @param y vertical axis
 * @param clouds the points, one colour each
 * @param references levels drawn across
 */
public record ScatterFigure(FigureText text, Axis x, Axis y, List<Cloud> clouds, List<Reference> references)
        implements Figure {
    public ScatterFigure {
        clouds = List.copyOf(clouds);
        references = List.copyOf(references);
    }

    /**
     * Points of one kind; points that are not finite are left out.
     *
     * @param name entry in the legend
     * @param x abscissae
     * @param y ordinates, as many as {@code x}
     */
    public record Cloud(String name, List<Double> x, List<Double> y) {
        public Cloud {
            x = List.copyOf(x);
            y = List.copyOf(y);
            if (x.size() != y.size()) {
                throw new IllegalArgumentException("The cloud '" + name + "' has " + x.size() + " x and " + y.size()
                        + " y values; they must be equally many.");
            }
        }

        /** Points from arrays. */
        public static Cloud of(String name, double[] x, double[] y) {
            return new Cloud(name, Line.boxed(x), Line.boxed(y));
        }
    }
}

package dev.rectifier.report;

import dev.rectifier.record.Axis;
import dev.rectifier.record.HeatMapFigure;
import java.util.List;

/** Draws a matrix as colours with its scale. */
final class HeatMapPainter {
    private static final double SCALE_WIDTH = 14;
    private static final double SCALE_ROOM = 96;
    private static final int SCALE_STEPS = 128;

    private final Canvas canvas;
    private final HeatMapFigure figure;
    private final double low;
    private final double high;

    HeatMapPainter(Canvas canvas, HeatMapFigure figure) {
        this.canvas = canvas;
        this.figure = figure;
        double least = figure.rows().stream()
                .flatMap(List::stream)
                .filter(Double::isFinite)
                .mapToDouble(v -> v)
                .min()
                .orElse(0);
        double most = figure.rows().stream()
                .flatMap(List::stream)
                .filter(Double::isFinite)
                .mapToDouble(v -> v)
                .max()
                .orElse(1);
        double reach = Math.max(Math.abs(least), Math.abs(most));
        low = figure.signed() ? -Math.max(reach, Double.MIN_NORMAL) : least;
        high = figure.signed() ? -low : most > least ? most : least + 1;
    }

    private Ink ink(double value) {
        ColourMap map = figure.signed() ? ColourMap.DIVERGING : ColourMap.SEQUENTIAL;
        return Double.isFinite(value) ? map.at((value - low) / (high - low)) : Ink.MISSING;
    }

    void paint(Box region) {
        Axes axes = axes(region.inset(0, 4, SCALE_ROOM, 0));
        paintCells(axes.plot());
        axes.paint(canvas);
        paintScale(axes.plot());
    }

    // Cell i covers i - 1/2 to i + 1/2, so that marks stand at the middle of cells; row 0 is on top.
    private Axes axes(Box region) {
        Extent xs = new Extent(false);
        xs.include(-0.5);
        xs.include(figure.rows().get(0).size() - 0.5);
        Extent ys = new Extent(false);
        ys.include(-0.5);
        ys.include(figure.rows().size() - 0.5);
        Axis xAxis = Axis.linear(figure.xLabel());
        Axis yAxis = Axis.linear(figure.yLabel());
        Axes upright = Axes.within(region, xs.settled(), ys.settled(), xAxis, yAxis);
        Scale y = ys.settled().scale(upright.plot().y(), upright.plot().bottom());
        return new Axes(upright.plot(), upright.x(), y, xAxis, yAxis);
    }

    private void paintCells(Box plot) {
        double cellHeight = plot.height() / figure.rows().size();
        for (int row = 0; row < figure.rows().size(); row++) {
            paintRow(figure.rows().get(row), new Box(plot.x(), plot.y() + row * cellHeight, plot.width(), cellHeight));
        }
    }

    /** Neighbours of one colour become one box. */
    private void paintRow(List<Double> values, Box box) {
        double cell = box.width() / values.size();
        int from = 0;
        for (int i = 1; i <= values.size(); i++) {
            if (i == values.size() || !ink(values.get(i)).equals(ink(values.get(from)))) {
                canvas.fill(
                        new Box(box.x() + from * cell, box.y(), (i - from) * cell, box.height()),
                        ink(values.get(from)));
                from = i;
            }
        }
    }

    private void paintScale(Box plot) {
        double x = plot.right() + 22;
        double step = plot.height() / SCALE_STEPS;
        for (int i = 0; i < SCALE_STEPS; i++) {
            double value = high - (high - low) * (i + 0.5) / SCALE_STEPS;
            canvas.fill(new Box(x, plot.y() + i * step, SCALE_WIDTH, step), ink(value));
        }
        Scale scale = new Scale(low, high, false, plot.bottom(), plot.y());
        double widest = 0;
        for (Ticks.Tick tick : Ticks.of(scale, 5)) {
            widest = Math.max(widest, TextStyle.widthOf(tick.label(), Axes.TICK_SIZE));
            double y = scale.at(tick.value());
            canvas.line(x + SCALE_WIDTH, y, x + SCALE_WIDTH + 4, y, Axes.AXIS_PEN);
            canvas.text(tick.label(), x + SCALE_WIDTH + 7, y + 4, TextStyle.of(Axes.TICK_SIZE, TextStyle.Anchor.START));
        }
        TextStyle style = TextStyle.of(Axes.LABEL_SIZE, TextStyle.Anchor.MIDDLE).turnedUp();
        canvas.text(figure.valueLabel(), x + SCALE_WIDTH + widest + 25, plot.centreY(), style);
    }
}

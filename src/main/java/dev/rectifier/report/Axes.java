package dev.rectifier.report;

import dev.rectifier.record.Axis;
import java.util.List;

/**
 * A pair of axes with its plot area.
 *
 * @param plot where data are drawn
 * @param x horizontal scale
 * @param y vertical scale
 * @param xAxis horizontal axis
 * @param yAxis vertical axis
 */
record Axes(Box plot, Scale x, Scale y, Axis xAxis, Axis yAxis) {
    static final double TICK_SIZE = 12;
    static final double LABEL_SIZE = 13;
    static final Pen AXIS_PEN = Pen.solid(Ink.AXIS, 1);
    private static final Pen GRID_PEN = Pen.solid(Ink.GRID, 0.8);
    private static final double RIM = 4;
    private static final double BELOW = 46;
    private static final double RIGHT = 16;
    private static final double POINTS_PER_X_TICK = 62;
    private static final double POINTS_PER_Y_TICK = 36;

    /** Leaves room for ticks and labels within the region. */
    static Axes within(Box region, Extent xs, Extent ys, Axis xAxis, Axis yAxis) {
        double bottom = region.bottom() - BELOW;
        Scale y = ys.scale(bottom, region.y() + 6);
        double left = widestLabel(yTicks(y)) + 36;
        Box plot = region.inset(left, 6, RIGHT, BELOW);
        return new Axes(plot, xs.scale(plot.x(), plot.right()), y, xAxis, yAxis);
    }

    private static double widestLabel(List<Ticks.Tick> ticks) {
        return ticks.stream()
                .mapToDouble(tick -> TextStyle.widthOf(tick.label(), TICK_SIZE))
                .max()
                .orElse(0);
    }

    private static List<Ticks.Tick> yTicks(Scale y) {
        return Ticks.of(y, (int) Math.max(2, Math.abs(y.to() - y.from()) / POINTS_PER_Y_TICK));
    }

    private List<Ticks.Tick> xTicks() {
        return Ticks.of(x, (int) Math.max(2, plot.width() / POINTS_PER_X_TICK));
    }

    /** What data may be painted on: the plot and a rim for dots that stand on its edge. */
    Box canvasBox() {
        return plot.inset(-RIM, -RIM, -RIM, -RIM);
    }

    /** Grid lines, behind the data. */
    void paintGrid(Canvas canvas, boolean vertical) {
        for (Ticks.Tick tick : yTicks(y)) {
            if (!tick.label().isEmpty()) {
                canvas.line(plot.x(), y.at(tick.value()), plot.right(), y.at(tick.value()), GRID_PEN);
            }
        }
        for (Ticks.Tick tick : xTicks()) {
            if (vertical && !tick.label().isEmpty()) {
                canvas.line(x.at(tick.value()), plot.y(), x.at(tick.value()), plot.bottom(), GRID_PEN);
            }
        }
    }

    /** Spines, ticks and labels of both axes. */
    void paint(Canvas canvas) {
        paintY(canvas);
        paintX(canvas);
    }

    void paintY(Canvas canvas) {
        canvas.line(plot.x(), plot.y(), plot.x(), plot.bottom(), AXIS_PEN);
        for (Ticks.Tick tick : yTicks(y)) {
            double at = y.at(tick.value());
            canvas.line(plot.x() - (tick.label().isEmpty() ? 2.5 : 5), at, plot.x(), at, AXIS_PEN);
            canvas.text(tick.label(), plot.x() - 8, at + 4, TextStyle.of(TICK_SIZE, TextStyle.Anchor.END));
        }
        paintYLabel(canvas, yAxis.label(), plot.x() - widestLabel(yTicks(y)) - 18);
    }

    private void paintYLabel(Canvas canvas, String label, double at) {
        TextStyle style = TextStyle.of(LABEL_SIZE, TextStyle.Anchor.MIDDLE).turnedUp();
        canvas.text(label, at, plot.centreY(), style);
    }

    private void paintX(Canvas canvas) {
        canvas.line(plot.x(), plot.bottom(), plot.right(), plot.bottom(), AXIS_PEN);
        for (Ticks.Tick tick : xTicks()) {
            double at = x.at(tick.value());
            double length = tick.label().isEmpty() ? 2.5 : 5;
            canvas.line(at, plot.bottom(), at, plot.bottom() + length, AXIS_PEN);
            canvas.text(tick.label(), at, plot.bottom() + 18, TextStyle.of(TICK_SIZE, TextStyle.Anchor.MIDDLE));
        }
        paintXLabel(canvas, xAxis.label());
    }

    void paintXLabel(Canvas canvas, String label) {
        TextStyle style = TextStyle.of(LABEL_SIZE, TextStyle.Anchor.MIDDLE);
        canvas.text(label, plot.centreX(), plot.bottom() + 38, style);
    }
}

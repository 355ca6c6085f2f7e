package dev.rectifier.report;

import dev.rectifier.record.Axis;
import dev.rectifier.record.BarFigure;
import java.util.List;

/** Draws groups of bars with error bars. */
final class BarPainter {
    private static final double GROUP_SHARE = 0.76;
    private static final double CAP = 4;
    private static final Pen ERROR = Pen.solid(Ink.TEXT, 1.2);

    private final Canvas canvas;
    private final BarFigure figure;

    BarPainter(Canvas canvas, BarFigure figure) {
        this.canvas = canvas;
        this.figure = figure;
    }

    void paint(Box region) {
        Legend legend = legend();
        double legendHeight = legend.height(region.width() - 8);
        Axes axes = axes(region.inset(0, legendHeight, 0, extraLines(region) * 14));
        axes.paintGrid(canvas, false);
        canvas.clipped(axes.canvasBox(), () -> paintBars(axes));
        axes.paintY(canvas);
        double zero = figure.y().log() ? axes.plot().bottom() : axes.y().at(0);
        canvas.line(axes.plot().x(), zero, axes.plot().right(), zero, Axes.AXIS_PEN);
        paintCategories(axes, extraLines(region) * 14);
        legend.paint(canvas, region.x() + 8, region.y(), region.width() - 8);
    }

    private Legend legend() {
        Legend legend = new Legend();
        for (int i = 0; i < figure.bars().size(); i++) {
            legend.add(figure.bars().get(i).name(), Pen.solid(Palette.colour(i), 1), Legend.Sample.BLOCK);
        }
        return legend;
    }

    private Axes axes(Box region) {
        Extent ys = new Extent(figure.y().log());
        if (!figure.y().log()) {
            ys.include(0);
        }
        for (BarFigure.Bars bars : figure.bars()) {
            ys.include(bars.values());
            ys.include(bars.low());
            ys.include(bars.high());
        }
        Extent xs = new Extent(false);
        xs.include(0);
        xs.include(figure.categories().size());
        return Axes.within(region, xs.settled(), ys.padded(), Axis.linear(""), figure.y());
    }

    private List<String> labelLines(String category, double width) {
        int letters = (int) Math.max(4, width / figure.categories().size() / TextStyle.widthOf("0", Axes.TICK_SIZE));
        return TextWrap.lines(category, letters);
    }

    private int extraLines(Box region) {
        return figure.categories().stream()
                        .mapToInt(category ->
                                labelLines(category, region.width() - 80).size())
                        .max()
                        .orElse(1)
                - 1;
    }

    private void paintBars(Axes axes) {
        int sets = figure.bars().size();
        double slot = axes.plot().width() / Math.max(1, figure.categories().size());
        double width = slot * GROUP_SHARE / Math.max(1, sets);
        for (int set = 0; set < sets; set++) {
            for (int i = 0; i < figure.categories().size(); i++) {
                double left = axes.plot().x() + slot * (i + (1 - GROUP_SHARE) / 2) + width * set;
                paintBar(axes, figure.bars().get(set), i, new Bar(left, width, Palette.colour(set)));
            }
        }
    }

    private record Bar(double left, double width, Ink ink) {
        double centre() {
            return left + width / 2;
        }
    }

    private void paintBar(Axes axes, BarFigure.Bars bars, int index, Bar bar) {
        double value = bars.values().get(index);
        if (!axes.y().shows(value)) {
            return;
        }
        double base = figure.y().log() ? axes.plot().bottom() : axes.y().at(0);
        double top = axes.y().at(value);
        canvas.fill(new Box(bar.left(), Math.min(top, base), bar.width() * 0.94, Math.abs(base - top)), bar.ink());
        if (!bars.low().isEmpty() && axes.y().shows(bars.high().get(index))) {
            double low = axes.y().atOrBelow(bars.low().get(index));
            paintError(
                    bar.centre() - bar.width() * 0.03,
                    low,
                    axes.y().at(bars.high().get(index)));
        }
    }

    private void paintError(double x, double low, double high) {
        canvas.line(x, low, x, high, ERROR);
        canvas.line(x - CAP, low, x + CAP, low, ERROR);
        canvas.line(x - CAP, high, x + CAP, high, ERROR);
    }

    private void paintCategories(Axes axes, double extra) {
        double slot = axes.plot().width() / Math.max(1, figure.categories().size());
        TextStyle style = TextStyle.of(Axes.TICK_SIZE, TextStyle.Anchor.MIDDLE);
        for (int i = 0; i < figure.categories().size(); i++) {
            double y = axes.plot().bottom() + 18;
            for (String line :
                    labelLines(figure.categories().get(i), axes.plot().width())) {
                canvas.text(line, axes.plot().x() + slot * (i + 0.5), y, style);
                y += 14;
            }
        }
        TextStyle label = TextStyle.of(Axes.LABEL_SIZE, TextStyle.Anchor.MIDDLE);
        canvas.text(figure.xLabel(), axes.plot().centreX(), axes.plot().bottom() + 38 + extra, label);
    }
}

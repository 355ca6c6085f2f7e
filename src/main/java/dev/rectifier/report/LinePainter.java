package dev.rectifier.report;

import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import java.util.List;

/** Draws curves and their bands. */
final class LinePainter {
    private static final int MOST_MARKED_POINTS = 25;

    private final Canvas canvas;
    private final LineFigure figure;

    LinePainter(Canvas canvas, LineFigure figure) {
        this.canvas = canvas;
        this.figure = figure;
    }

    void paint(Box region) {
        Legend legend = legend();
        double legendHeight = legend.height(region.width() - 8);
        Axes axes = Axes.within(
                region.inset(0, legendHeight, 0, 0),
                xExtent().settled(),
                yExtent().padded(),
                figure.x(),
                figure.y());
        axes.paintGrid(canvas, true);
        canvas.clipped(axes.canvasBox(), () -> paintLines(axes));
        axes.paint(canvas);
        legend.paint(canvas, region.x() + 8, region.y(), region.width() - 8);
    }

    private Legend legend() {
        Legend legend = new Legend();
        for (int i = 0; i < figure.lines().size(); i++) {
            legend.add(figure.lines().get(i).name(), pen(i), Legend.Sample.LINE);
        }
        References.addTo(legend, figure.references());
        return legend;
    }

    /** An unnamed line has the colour of the next named one, or of the last. */
    private int colourOf(int index) {
        List<Line> lines = figure.lines();
        int before = (int)
                lines.subList(0, index).stream().filter(LinePainter::isNamed).count();
        int all = (int) lines.stream().filter(LinePainter::isNamed).count();
        return Math.min(before, Math.max(0, all - 1));
    }

    private static boolean isNamed(Line line) {
        return !line.name().isEmpty();
    }

    private Pen pen(int index) {
        int colour = colourOf(index);
        Ink ink = Palette.colour(colour);
        return switch (figure.lines().get(index).stroke()) {
            case SOLID -> new Pen(ink, 2, Palette.isRepeated(colour));
            case DASHED -> new Pen(ink, 1.8, true);
            case FAINT -> Pen.solid(ink.withOpacity(0.3), 0.8);
        };
    }

    private Extent xExtent() {
        Extent xs = new Extent(figure.x().log());
        figure.lines().forEach(line -> xs.include(line.x()));
        return xs;
    }

    private Extent yExtent() {
        Extent ys = new Extent(figure.y().log());
        for (Line line : figure.lines()) {
            ys.include(line.y());
            ys.include(line.low());
            ys.include(line.high());
        }
        References.include(ys, figure.references());
        return ys;
    }

    private void paintLines(Axes axes) {
        for (int i = 0; i < figure.lines().size(); i++) {
            paintBand(axes, figure.lines().get(i), Palette.colour(colourOf(i)));
        }
        References.paint(canvas, axes, figure.references());
        paintStrokes(axes, true);
        paintStrokes(axes, false);
    }

    private void paintStrokes(Axes axes, boolean faint) {
        for (int i = 0; i < figure.lines().size(); i++) {
            Line line = figure.lines().get(i);
            if ((line.stroke() == Line.Stroke.FAINT) == faint) {
                paintStroke(axes, line, pen(i));
            }
        }
    }

    private void paintStroke(Axes axes, Line line, Pen pen) {
        boolean marked = line.stroke() != Line.Stroke.FAINT && line.x().size() <= MOST_MARKED_POINTS;
        Polyline path = new Polyline();
        for (int i = 0; i < line.x().size(); i++) {
            double x = line.x().get(i);
            double y = line.y().get(i);
            if (axes.x().shows(x) && axes.y().shows(y)) {
                path.add(axes.x().at(x), axes.y().at(y));
                if (marked) {
                    canvas.dot(axes.x().at(x), axes.y().at(y), 2.8, pen.ink());
                }
            } else {
                path = finished(path, pen);
            }
        }
        finished(path, pen);
    }

    private Polyline finished(Polyline path, Pen pen) {
        if (path.size() > 1) {
            canvas.stroke(path, pen);
        }
        return new Polyline();
    }

    private void paintBand(Axes axes, Line line, Ink ink) {
        Polyline upper = new Polyline();
        Polyline lower = new Polyline();
        for (int i = 0; i < line.low().size(); i++) {
            double x = line.x().get(i);
            double high = line.high().get(i);
            if (axes.x().shows(x)
                    && axes.y().shows(high)
                    && !Double.isNaN(line.low().get(i))) {
                upper.add(axes.x().at(x), axes.y().at(high));
                lower.add(axes.x().at(x), axes.y().atOrBelow(line.low().get(i)));
            } else {
                fillBand(upper, lower, ink);
                upper = new Polyline();
                lower = new Polyline();
            }
        }
        fillBand(upper, lower, ink);
    }

    private void fillBand(Polyline upper, Polyline lower, Ink ink) {
        if (upper.size() > 1) {
            upper.addReversed(lower);
            canvas.fill(upper, ink.withOpacity(0.18));
        }
    }
}

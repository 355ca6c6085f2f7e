package dev.rectifier.report;

import dev.rectifier.record.ScatterFigure;
import java.util.List;

/** Draws clouds of points. */
final class ScatterPainter {
    private static final int FEW = 200;

    private final Canvas canvas;
    private final ScatterFigure figure;

    ScatterPainter(Canvas canvas, ScatterFigure figure) {
        this.canvas = canvas;
        this.figure = figure;
    }

    void paint(Box region) {
        Legend legend = legend();
        double legendHeight = legend.height(region.width() - 8);
        Axes axes = axes(region.inset(0, legendHeight, 0, 0));
        axes.paintGrid(canvas, true);
        canvas.clipped(axes.canvasBox(), () -> paintData(axes));
        axes.paint(canvas);
        legend.paint(canvas, region.x() + 8, region.y(), region.width() - 8);
    }

    private Legend legend() {
        Legend legend = new Legend();
        for (int i = 0; i < figure.clouds().size(); i++) {
            legend.add(figure.clouds().get(i).name(), Pen.solid(Palette.colour(i), 1), Legend.Sample.DOT);
        }
        References.addTo(legend, figure.references());
        return legend;
    }

    private Axes axes(Box region) {
        Extent xs = new Extent(figure.x().log());
        Extent ys = new Extent(figure.y().log());
        for (ScatterFigure.Cloud cloud : figure.clouds()) {
            xs.include(cloud.x());
            ys.include(cloud.y());
        }
        References.include(ys, figure.references());
        return Axes.within(region, xs.padded(), ys.padded(), figure.x(), figure.y());
    }

    private void paintData(Axes axes) {
        References.paint(canvas, axes, figure.references());
        int points =
                figure.clouds().stream().mapToInt(cloud -> cloud.x().size()).sum();
        boolean few = points <= FEW;
        for (int i = 0; i < figure.clouds().size(); i++) {
            paintCloud(axes, figure.clouds().get(i), Palette.colour(i).withOpacity(few ? 0.8 : 0.4), few ? 3.2 : 2.2);
        }
    }

    private void paintCloud(Axes axes, ScatterFigure.Cloud cloud, Ink ink, double radius) {
        List<Double> xs = cloud.x();
        List<Double> ys = cloud.y();
        for (int i = 0; i < xs.size(); i++) {
            if (axes.x().shows(xs.get(i)) && axes.y().shows(ys.get(i))) {
                canvas.dot(axes.x().at(xs.get(i)), axes.y().at(ys.get(i)), radius, ink);
            }
        }
    }
}

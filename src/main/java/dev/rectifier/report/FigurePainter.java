package dev.rectifier.report;

import dev.rectifier.record.BarFigure;
import dev.rectifier.record.Figure;
import dev.rectifier.record.HeatMapFigure;
import dev.rectifier.record.LineFigure;
import dev.rectifier.record.PanelFigure;
import dev.rectifier.record.ScatterFigure;
import java.util.List;

/** Lays a figure out and paints it: heading, body, and the line of origin. */
final class FigurePainter {
    private static final Box SINGLE = new Box(0, 0, 640, 400);
    private static final Box PANEL = new Box(0, 0, 440, 310);
    private static final double HEADING_SIZE = 14;
    private static final double HEADING_LINE = 19;
    private static final double ORIGIN_ROOM = 18;
    private static final double MARGIN = 10;

    private final Figure figure;

    FigurePainter(Figure figure) {
        this.figure = figure;
    }

    double width() {
        return figure instanceof PanelFigure panels ? columns(panels) * PANEL.width() : SINGLE.width();
    }

    double height() {
        double body = figure instanceof PanelFigure panels ? rows(panels) * PANEL.height() : SINGLE.height();
        return body + MARGIN + headingHeight(figure.text().title(), width()) + originRoom();
    }

    private static int columns(PanelFigure panels) {
        return Math.min(panels.columns(), panels.panels().size());
    }

    private static int rows(PanelFigure panels) {
        return (panels.panels().size() + columns(panels) - 1) / columns(panels);
    }

    private double originRoom() {
        return figure.text().provenance().isEmpty() ? 0 : ORIGIN_ROOM;
    }

    void paint(Canvas canvas) {
        Box page = new Box(0, 0, width(), height());
        canvas.fill(page, Ink.WHITE);
        Box body = page.inset(0, MARGIN, 0, originRoom());
        double heading = paintHeading(canvas, body, figure.text().title());
        paintBody(canvas, figure, body.inset(0, heading, 0, 0));
        TextStyle pale = TextStyle.of(9, TextStyle.Anchor.START).in(Ink.PALE_TEXT);
        canvas.text(figure.text().provenance(), MARGIN, page.bottom() - 7, pale);
    }

    private static List<String> headingLines(String title, double width) {
        int letters = (int) ((width - 2 * MARGIN) / TextStyle.widthOf("0", HEADING_SIZE));
        return title.isEmpty() ? List.of() : TextWrap.lines(title, letters);
    }

    private static double headingHeight(String title, double width) {
        return headingLines(title, width).size() * HEADING_LINE + (title.isEmpty() ? 0 : 5);
    }

    private static double paintHeading(Canvas canvas, Box region, String title) {
        double y = region.y() + 14;
        for (String line : headingLines(title, region.width())) {
            canvas.text(
                    line,
                    region.x() + MARGIN,
                    y,
                    TextStyle.of(HEADING_SIZE, TextStyle.Anchor.START).inBold());
            y += HEADING_LINE;
        }
        return headingHeight(title, region.width());
    }

    private static void paintBody(Canvas canvas, Figure figure, Box region) {
        if (figure instanceof LineFigure lines) {
            new LinePainter(canvas, lines).paint(region);
        } else if (figure instanceof ScatterFigure scatter) {
            new ScatterPainter(canvas, scatter).paint(region);
        } else if (figure instanceof BarFigure bars) {
            new BarPainter(canvas, bars).paint(region);
        } else if (figure instanceof HeatMapFigure map) {
            new HeatMapPainter(canvas, map).paint(region);
        } else if (figure instanceof PanelFigure panels) {
            paintPanels(canvas, panels, region);
        }
    }

    private static void paintPanels(Canvas canvas, PanelFigure panels, Box region) {
        int columns = columns(panels);
        double width = region.width() / columns;
        double height = region.height() / rows(panels);
        for (int i = 0; i < panels.panels().size(); i++) {
            Figure panel = panels.panels().get(i);
            int row = i / columns;
            int column = i % columns;
            Box cell = new Box(region.x() + column * width, region.y() + row * height, width, height);
            String title = (char) ('a' + i) + "  " + panel.text().title();
            double heading = paintHeading(canvas, cell, title);
            paintBody(canvas, panel, cell.inset(0, heading, 0, 4));
        }
    }
}

package dev.rectifier.report;

import dev.rectifier.record.Figure;

/** Figures as files. SVG and PNG show the same drawing. */
public final class FigureFiles {
    private FigureFiles() {}

    /** A stand-alone SVG 1.1 document, which can also be put into an HTML page. */
    public static String svg(Figure figure) {
        FigurePainter painter = new FigurePainter(figure);
        String title = figure.text().title().isEmpty()
                ? figure.text().id()
                : figure.text().title();
        SvgCanvas canvas = new SvgCanvas(figure.text().id(), painter.width(), painter.height(), title);
        painter.paint(canvas);
        return canvas.document();
    }

    /** A PNG picture with two pixels for each point. Needs a font on the machine, but no screen. */
    public static byte[] png(Figure figure) {
        FigurePainter painter = new FigurePainter(figure);
        PngCanvas canvas = new PngCanvas(painter.width(), painter.height());
        painter.paint(canvas);
        return canvas.file();
    }
}

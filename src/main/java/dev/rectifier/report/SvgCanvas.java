package dev.rectifier.report;

/** Writes SVG 1.1. */
final class SvgCanvas implements Canvas {
    private static final String FONTS = "'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif";

    private final String prefix;
    private final StringBuilder out = new StringBuilder();
    private int clips;

    /** The prefix keeps the ids of several drawings in one page apart. */
    SvgCanvas(String prefix, double width, double height, String title) {
        this.prefix = prefix;
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(number(width) + " " + number(height))
                .append("\" width=\"" + number(width) + "\" height=\"" + number(height))
                .append("\" role=\"img\" font-family=\"" + FONTS + "\">\n")
                .append("<title>" + Markup.escaped(title) + "</title>\n");
    }

    /** The finished document. */
    String document() {
        return out + "</svg>\n";
    }

    private static String number(double value) {
        String text = Double.toString(Math.round(value * 100) / 100.0);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String attribute(String name, double value) {
        return " " + name + "=\"" + number(value) + "\"";
    }

    private static String filled(Ink ink) {
        return " fill=\"" + ink.hex() + "\"" + (ink.opacity() < 1 ? attribute("fill-opacity", ink.opacity()) : "");
    }

    private static String stroked(Pen pen) {
        Ink ink = pen.ink();
        return " fill=\"none\" stroke=\"" + ink.hex() + "\"" + attribute("stroke-width", pen.width())
                + (ink.opacity() < 1 ? attribute("stroke-opacity", ink.opacity()) : "")
                + (pen.dashed() ? " stroke-dasharray=\"6 4\"" : "");
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Pen pen) {
        out.append("<path d=\"M" + number(x1) + " " + number(y1) + "L" + number(x2) + " " + number(y2) + "\"")
                .append(stroked(pen) + "/>\n");
    }

    @Override
    public void stroke(Polyline path, Pen pen) {
        out.append("<path d=\"" + data(path) + "\" stroke-linejoin=\"round\"" + stroked(pen) + "/>\n");
    }

    @Override
    public void fill(Polyline outline, Ink ink) {
        out.append("<path d=\"" + data(outline) + "Z\"" + filled(ink) + "/>\n");
    }

    private static String data(Polyline path) {
        StringBuilder data = new StringBuilder("M");
        for (int i = 0; i < path.size(); i++) {
            data.append(i == 0 ? "" : "L").append(number(path.x(i))).append(' ').append(number(path.y(i)));
        }
        return data.toString();
    }

    @Override
    public void fill(Box box, Ink ink) {
        out.append("<rect" + rectangle(box) + filled(ink) + " shape-rendering=\"crispEdges\"/>\n");
    }

    private static String rectangle(Box box) {
        return attribute("x", box.x())
                + attribute("y", box.y())
                + attribute("width", box.width())
                + attribute("height", box.height());
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink) {
        out.append("<circle" + attribute("cx", x) + attribute("cy", y) + attribute("r", radius) + filled(ink) + "/>\n");
    }

    @Override
    public void text(String text, double x, double y, TextStyle style) {
        String anchor = switch (style.anchor()) {
            case START -> "start";
            case MIDDLE -> "middle";
            case END -> "end";
        };
        out.append("<text" + attribute("x", x) + attribute("y", y) + attribute("font-size", style.size()))
                .append(" text-anchor=\"" + anchor + "\"" + filled(style.ink()))
                .append(style.bold() ? " font-weight=\"bold\"" : "")
                .append(style.upward() ? " transform=\"rotate(-90 " + number(x) + " " + number(y) + ")\"" : "")
                .append(">" + Markup.escaped(text) + "</text>\n");
    }

    @Override
    public void clipped(Box box, Runnable painting) {
        String id = prefix + "-clip" + clips++;
        out.append("<clipPath id=\"" + id + "\"><rect" + rectangle(box) + "/></clipPath>\n");
        out.append("<g clip-path=\"url(#" + id + ")\">\n");
        painting.run();
        out.append("</g>\n");
    }
}

package dev.rectifier.report;

/** What figures are painted on. Lengths are points; the origin is the upper left corner. */
interface Canvas {
    void line(double x1, double y1, double x2, double y2, Pen pen);

    void stroke(Polyline path, Pen pen);

    void fill(Polyline outline, Ink ink);

    /** Fills without smoothing, so that neighbouring boxes leave no seam. */
    void fill(Box box, Ink ink);

    void dot(double x, double y, double radius, Ink ink);

    void text(String text, double x, double y, TextStyle style);

    /** Runs the painting with everything outside the box cut off. */
    void clipped(Box box, Runnable painting);
}

package dev.rectifier.report;

/**
 * How a line is drawn.
 *
 * @param ink colour
 * @param width in points
 * @param dashed whether it is dashed
 */
record Pen(Ink ink, double width, boolean dashed) {
    static Pen solid(Ink ink, double width) {
        return new Pen(ink, width, false);
    }
}

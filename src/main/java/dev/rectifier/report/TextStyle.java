package dev.rectifier.report;

/**
 * How text is set.
 *
 * @param size in points
 * @param bold whether it is bold
 * @param ink colour
 * @param anchor which point of the text is given
 * @param upward whether it runs from bottom to top
 */
record TextStyle(double size, boolean bold, Ink ink, Anchor anchor, boolean upward) {
    /** Point of the base line that stands at the given position. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /** Mean advance of the letters of common sans-serif faces, in units of the size; generous, so that nothing collides. */
    private static final double ADVANCE = 0.58;

    static TextStyle of(double size, Anchor anchor) {
        return new TextStyle(size, false, Ink.TEXT, anchor, false);
    }

    TextStyle inBold() {
        return new TextStyle(size, true, ink, anchor, upward);
    }

    TextStyle in(Ink other) {
        return new TextStyle(size, bold, other, anchor, upward);
    }

    TextStyle turnedUp() {
        return new TextStyle(size, bold, ink, anchor, true);
    }

    /** An estimate that every canvas shares, so that all lay out alike. */
    static double widthOf(String text, double size) {
        return text.codePointCount(0, text.length()) * size * ADVANCE;
    }
}

package dev.rectifier.report;

import java.util.Locale;

/**
 * A colour.
 *
 * @param rgb red, green and blue in one byte each
 * @param opacity 1 for opaque
 */
record Ink(int rgb, double opacity) {
    static final Ink TEXT = new Ink(0x222222, 1);
    static final Ink PALE_TEXT = new Ink(0x777777, 1);
    static final Ink AXIS = new Ink(0x444444, 1);
    static final Ink GRID = new Ink(0xE4E4E4, 1);
    static final Ink WHITE = new Ink(0xFFFFFF, 1);
    static final Ink MISSING = new Ink(0xBDBDBD, 1);

    Ink withOpacity(double other) {
        return new Ink(rgb, other);
    }

    String hex() {
        return String.format(Locale.ROOT, "#%06x", rgb);
    }
}

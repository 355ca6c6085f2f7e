package dev.rectifier.report;

/** Colours that people with any common colour blindness can tell apart (Okabe and Ito 2008, without the pale yellow). */
final class Palette {
    private static final int[] COLOURS = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000};

    private Palette() {}

    static Ink colour(int index) {
        return new Ink(COLOURS[index % COLOURS.length], 1);
    }

    /** Whether the colours have been used up, so that further lines must differ in another way. */
    static boolean isRepeated(int index) {
        return index >= COLOURS.length;
    }
}

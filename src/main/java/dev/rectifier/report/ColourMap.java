package dev.rectifier.report;

/** Values in [0, 1] as colours, by linear interpolation between anchors. */
final class ColourMap {
    /** Viridis: even steps in brightness, readable in grey and with any colour blindness. */
    static final ColourMap SEQUENTIAL = new ColourMap(
            0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B, 0xFDE725);
    /** Blue over white to red (ColorBrewer RdBu); the middle is zero. */
    static final ColourMap DIVERGING = new ColourMap(
            0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B,
            0x67001F);

    /** So many shades that steps cannot be seen, and so few that equal neighbours can be joined. */
    private static final int SHADES = 128;

    private final int[] anchors;

    private ColourMap(int... anchors) {
        this.anchors = anchors;
    }

    Ink at(double share) {
        double clamped = Math.max(0, Math.min(1, share));
        double position = Math.round(clamped * SHADES) / (double) SHADES * (anchors.length - 1);
        int below = Math.min((int) position, anchors.length - 2);
        double rest = position - below;
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int a = anchors[below] >> shift & 0xFF;
            int b = anchors[below + 1] >> shift & 0xFF;
            rgb |= (int) Math.round(a + rest * (b - a)) << shift;
        }
        return new Ink(rgb, 1);
    }
}

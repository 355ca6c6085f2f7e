package dev.rectifier.engine;

/**
 * Whether a provider can open an engine here.
 *
 * @param available true if it can
 * @param reason one line: what was found, or why not
 * @param cure what would change it; empty when nothing need change
 */
public record Availability(boolean available, String reason, String cure) {
    public static Availability yes(String found) {
        return new Availability(true, found, "");
    }

    public static Availability no(String why, String cure) {
        return new Availability(false, why, cure);
    }
}

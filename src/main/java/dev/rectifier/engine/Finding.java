package dev.rectifier.engine;

/**
 * One line of {@code doctor}: something an engine looked for on this machine.
 *
 * @param subject what was looked for, in a word or two ({@code driver}, {@code libcublas}, {@code OpenBLAS})
 * @param present true if it was found and works
 * @param detail what was found (version, path), or why it is missing
 * @param effect what its absence costs, or what it is used for
 * @param cure what to type or install to change it; empty when nothing need change
 */
public record Finding(String subject, boolean present, String detail, String effect, String cure) {
    public static Finding found(String subject, String detail, String effect) {
        return new Finding(subject, true, detail, effect, "");
    }

    public static Finding missing(String subject, String detail, String effect, String cure) {
        return new Finding(subject, false, detail, effect, cure);
    }
}

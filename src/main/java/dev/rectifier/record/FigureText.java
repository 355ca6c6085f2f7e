package dev.rectifier.record;

import java.util.regex.Pattern;

/**
 * The words of a figure.
 *
 * @param id file name without extension: small letters, digits and dashes
 * @param title heading, may be empty
 * @param caption what is seen, in a sentence or two
 * @param provenance where the data come from: run, code version, engine; may be empty
 */
public record FigureText(String id, String title, String caption, String provenance) {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    public FigureText {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("The figure id '" + id + "' must match " + ID.pattern() + ".");
        }
    }
}

package dev.rectifier.record;

import java.util.regex.Pattern;

/**
 * Identity of a run: the SHA-256 of its spec's canonical text.
 *
 * @param hex 64 small hexadecimal digits
 */
public record RunId(String hex) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");
    private static final int SHORT = 12;

    public RunId {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException(
                    "A run id is 64 hexadecimal digits, but it is '" + hex + "'. List the runs to see theirs.");
        }
    }

    /** The first 12 digits: the name of the run's folder, unless another run has taken it. */
    public String shortForm() {
        return hex.substring(0, SHORT);
    }

    @Override
    public String toString() {
        return shortForm();
    }
}

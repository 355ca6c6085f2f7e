package dev.rectifier.study;

import java.util.Locale;

/** How much of a study is run. */
public enum Scale {
    /** Seconds, in the tests: shrunken settings with bands of their own. */
    SMOKE,
    /** Minutes on two CPU cores. */
    SMALL,
    /** The paper's settings, meant for a GPU. */
    FULL;

    /** The word a user types and a run's identity holds. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scale called {@code word}. */
    public static Scale of(String word) {
        for (Scale scale : values()) {
            if (scale.word().equals(word)) {
                return scale;
            }
        }
        throw new IllegalArgumentException("There is no scale '" + word + "'; known are smoke, small and full.");
    }
}

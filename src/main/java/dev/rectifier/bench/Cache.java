package dev.rectifier.bench;

import java.util.Locale;

/** How the last-level cache stands when a call begins. */
public enum Cache {
    /** The same operands at every call: those that fit are still there. */
    HOT,
    /** Operands in rotation over more than three times the cache: none is still there. */
    COLD;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

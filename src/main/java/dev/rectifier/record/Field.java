package dev.rectifier.record;

import java.util.List;

/**
 * One setting that a schema allows.
 *
 * @param path dotted path
 * @param kind what its values are
 * @param fallback its value when it is not set; it must mean "no effect" for a setting added later
 * @param limits what values are allowed
 * @param help what it does, in one line
 */
public record Field(String path, Kind kind, Setting fallback, Limits limits, String help) {
    /** What the values of a field are. */
    public enum Kind {
        FLAG("true or false"),
        WHOLE("a whole number"),
        REAL("a number"),
        TEXT("text"),
        WHOLES("a list of whole numbers"),
        REALS("a list of numbers");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** The kind of a value; a list is one of whole numbers only if every element is. */
        public static Kind of(Setting value) {
            if (value instanceof Setting.Items items) {
                return items.values().stream().allMatch(Setting.Whole.class::isInstance) ? WHOLES : REALS;
            }
            if (value instanceof Setting.Flag) {
                return FLAG;
            }
            if (value instanceof Setting.Whole) {
                return WHOLE;
            }
            return value instanceof Setting.Real ? REAL : TEXT;
        }

        /** The kind in words. */
        public String words() {
            return words;
        }
    }

    /**
     * Values that a field allows.
     *
     * @param low least number; for lists, of each element
     * @param high greatest number
     * @param choices allowed texts; empty for any
     */
    public record Limits(double low, double high, List<String> choices) {
        /** Anything. */
        public static final Limits NONE = new Limits(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, List.of());

        public Limits {
            choices = List.copyOf(choices);
        }

        /** Numbers from low to high, both allowed. */
        public static Limits range(double low, double high) {
            return new Limits(low, high, List.of());
        }

        /** One of a few texts. */
        public static Limits oneOf(List<String> choices) {
            return new Limits(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, choices);
        }
    }

    /** What may be written, for help and messages: {@code a number from 0 to 10}. */
    public String expected() {
        if (!limits.choices().isEmpty()) {
            return "one of " + String.join(", ", limits.choices());
        }
        boolean below = limits.low() > Double.NEGATIVE_INFINITY;
        boolean above = limits.high() < Double.POSITIVE_INFINITY;
        return kind.words()
                + (below ? " from " + CanonicalNumber.of(limits.low()) : "")
                + (above ? (below ? " to " : " up to ") + CanonicalNumber.of(limits.high()) : "");
    }
}

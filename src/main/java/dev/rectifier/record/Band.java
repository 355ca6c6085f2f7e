package dev.rectifier.record;

/**
 * The closed range of values that a claim allows, fixed before the run.
 *
 * @param low least value allowed; minus infinity for none
 * @param high greatest value allowed; infinity for none
 */
public record Band(double low, double high) {
    public Band {
        if (!(low <= high)) {
            throw new IllegalArgumentException("A band needs low <= high, but it is [" + low + ", " + high + "].");
        }
    }

    /** Values from {@code low} up. */
    public static Band atLeast(double low) {
        return new Band(low, Double.POSITIVE_INFINITY);
    }

    /** Values up to {@code high}. */
    public static Band atMost(double high) {
        return new Band(Double.NEGATIVE_INFINITY, high);
    }

    /** Values from {@code low} to {@code high}. */
    public static Band between(double low, double high) {
        return new Band(low, high);
    }

    /** Whether the value lies in the band; NaN never does. */
    public boolean contains(double value) {
        return value >= low && value <= high;
    }

    /** The band in words: {@code >= 0.9}, {@code <= 0.1} or {@code 0.8 to 1.2}. */
    public String text() {
        if (high == Double.POSITIVE_INFINITY) {
            return ">= " + ShortNumber.of(low);
        }
        if (low == Double.NEGATIVE_INFINITY) {
            return "<= " + ShortNumber.of(high);
        }
        return ShortNumber.of(low) + " to " + ShortNumber.of(high);
    }
}

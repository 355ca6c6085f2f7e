package dev.rectifier.record;

/**
 * A measured number with its uncertainty.
 *
 * @param value the point estimate; NaN if it could not be measured, which fails every claim
 * @param low lower end of the interval; equal to the value where the number is exact
 * @param high upper end of the interval
 * @param sample what it was measured on, for example "62 of 64 replicas"
 */
public record Estimate(double value, double low, double high, String sample) {
    /** A number without an interval. */
    public static Estimate exact(double value, String sample) {
        return new Estimate(value, value, value, sample);
    }

    /** {@code value [low, high]}, or the value alone where the interval is a point. */
    public String text() {
        String point = ShortNumber.of(value);
        return low == high || Double.isNaN(low) || Double.isNaN(high)
                ? point
                : point + " [" + ShortNumber.of(low) + ", " + ShortNumber.of(high) + "]";
    }
}

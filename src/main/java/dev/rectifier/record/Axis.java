package dev.rectifier.record;

/**
 * An axis of a figure.
 *
 * @param label name and unit
 * @param log whether the scale is logarithmic; values that are not positive are then left out
 */
public record Axis(String label, boolean log) {
    /** A linear axis. */
    public static Axis linear(String label) {
        return new Axis(label, false);
    }

    /** A logarithmic axis. */
    public static Axis log(String label) {
        return new Axis(label, true);
    }
}

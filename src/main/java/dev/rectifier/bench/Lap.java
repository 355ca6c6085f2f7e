package dev.rectifier.bench;

/**
 * One timed stretch of calls, in seconds for the whole stretch.
 *
 * @param calls how many
 * @param wall from before the first call until the last was done
 * @param host until the last had been asked for; NaN where host and device are one
 * @param device between marks on the device's clock; NaN where it has none
 */
public record Lap(long calls, double wall, double host, double device) {
    /** Seconds on the wall's clock per call. */
    public double perCall() {
        return wall / calls;
    }
}

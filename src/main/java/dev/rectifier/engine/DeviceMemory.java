package dev.rectifier.engine;

/**
 * The memory of a device at one moment, in bytes.
 *
 * @param free what could be allocated now
 * @param total what the device has, or what this process may use of it
 * @param reserve what a plan leaves alone, for the engine's own scratch, the library's workspace and the rounding of allocations
 * @param cure how there would be more, a sentence
 */
public record DeviceMemory(long free, long total, long reserve, String cure) {
    /** Of an engine that does not know; everything fits. */
    public static final DeviceMemory UNKNOWN = new DeviceMemory(Long.MAX_VALUE, Long.MAX_VALUE, 0, "");

    public DeviceMemory {
        if (free < 0 || free > total || reserve < 0) {
            throw new IllegalArgumentException(
                    "There is no device with " + free + " bytes free of " + total + ", " + reserve + " in reserve.");
        }
    }

    /** What a plan may take: {@code max(0, free - reserve)}. */
    public long available() {
        return Math.max(0, free - reserve);
    }

    /** Whether the engine knows. */
    public boolean isKnown() {
        return free != Long.MAX_VALUE;
    }

    /** {@code 7.5 GiB free of 8.0 GiB, 256 MiB of it kept in reserve}. */
    @Override
    public String toString() {
        return isKnown()
                ? Bytes.words(free) + " free of " + Bytes.words(total) + ", " + Bytes.words(reserve)
                        + " of it kept in reserve"
                : "unknown";
    }
}

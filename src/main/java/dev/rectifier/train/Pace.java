package dev.rectifier.train;

/** How long a stretch may be so that progress, checkpoints and a stop request are not kept waiting. */
final class Pace {
    static final long LONGEST = 1 << 14; // steps
    private static final long PATIENCE = 100_000_000; // nanoseconds

    private long stretch = 16;

    /** Steps to do at most. */
    long stretch() {
        return stretch;
    }

    /** Learns from {@code steps} steps that took {@code nanos}. */
    void took(long steps, long nanos) {
        long each = Math.max(1, nanos / steps);
        long fitting = Math.max(1, PATIENCE / each);
        stretch = Math.min(LONGEST, Math.min(fitting, 4 * stretch));
    }
}

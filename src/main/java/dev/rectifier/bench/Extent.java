package dev.rectifier.bench;

/** How large cases are. */
public enum Extent {
    /** Seconds for everything, on any machine: for the emulated device and for tests. */
    TINY,
    /** Tens of seconds a suite. */
    QUICK,
    /** As the papers and goals have it; scaled to a host where there is no accelerator. */
    FULL;

    /** The number for this extent. */
    public long of(long tiny, long quick, long full) {
        return switch (this) {
            case TINY -> tiny;
            case QUICK -> quick;
            case FULL -> full;
        };
    }
}

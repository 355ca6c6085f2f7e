package dev.rectifier.bench;

/** How many sets of operands it takes so that none is left in the cache when its turn comes again. */
final class Rotation {
    private static final int TIMES_CACHE = 3;
    private static final int MOST = 4096;
    private static final long UNKNOWN_CACHE = 64L << 20;

    private Rotation() {}

    /** Bytes that operands in rotation span, at least. */
    static long span(Rig rig) {
        return TIMES_CACHE * rig.engine().metering().cacheBytes().orElse(UNKNOWN_CACHE);
    }

    static int sets(Rig rig, long bytesPerSet) {
        long free = rig.engine().memory().available() / 2;
        long wanted = span(rig) / Math.max(1, bytesPerSet) + 1;
        return (int) Math.max(1, Math.min(Math.min(wanted, MOST), free / Math.max(1, bytesPerSet)));
    }
}

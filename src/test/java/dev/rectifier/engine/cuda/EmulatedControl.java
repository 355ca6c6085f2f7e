package dev.rectifier.engine.cuda;

/**
 * What a test steers and reads in the emulated driver: the order of threads, an error at the n-th driver call, counters.
 * The native halves stand in {@code native/emulated/control_jni.cpp}, inside the emulated {@code libcuda.so.1}, which must
 * have been loaded by {@link System#load} from a class of the same loader before the first call.
 */
public final class EmulatedControl {
    private EmulatedControl() {}

    /** Begins a new order of threads and blocks: the same seed and launches give the same order. */
    public static native void seed(long seed);

    /**
     * Lets the {@code call}-th driver call from now on (1 is the next) return {@code code} and do nothing else; 0 takes the
     * order back. A code after which a GPU's context is lost comes back at every later call, until the context ends.
     */
    public static native void failAt(long call, int code);

    /** Driver calls so far. */
    public static native long calls();

    /** Bytes of device memory allocated and not yet freed. */
    public static native long liveBytes();

    /** Device allocations not yet freed. */
    public static native long liveAllocations();

    /** Contexts, modules, streams, events, graphs and pinned host allocations not yet released. */
    public static native long liveObjects();
}

package dev.rectifier.engine.cuda.jni;

/**
 * cublasLt of the host, through {@code librectifier_lt.so} ({@code native/lt}), which has been loaded. Libraries and plans
 * are addresses that whoever asked for them gives back once; 0 stands for none, and then {@link #failure} says why. Calls are
 * made with the device's context current, by one thread at a time.
 */
public final class LtNatives {
    private LtNatives() {}

    /** Opens the file, finds its functions, makes a handle for the current context. */
    public static native long open(String file);

    /** What cublasLtGetVersion says: 120604 for 12.6.4. */
    public static native long version(long library);

    /** Gives a library back; its plans have been given back before. */
    public static native void close(long library);

    /**
     * A product with an epilogue, its algorithm chosen by the library's heuristic, or that of the plan {@code like} (0: none)
     * where the library says that it serves.
     *
     * @param request the fields of {@code lt::Request}, in their order
     */
    public static native long plan(long library, long[] request, long like);

    /** Bytes of workspace that a run of the plan wants. */
    public static native long workspaceBytes(long plan);

    /**
     * Enqueues the product.
     *
     * @param operands the fields of {@code lt::Operands}, in their order
     * @return a cublasStatus_t; 0 is success
     */
    public static native int run(long plan, long[] operands);

    public static native void closePlan(long plan);

    /** Why the last call of this thread gave 0. */
    public static native String failure();
}

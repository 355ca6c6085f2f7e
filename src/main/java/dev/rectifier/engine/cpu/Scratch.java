package dev.rectifier.engine.cpu;

import org.jspecify.annotations.Nullable;

/** Arrays that one worker reuses from job to job; contents are undefined at the start of a job. */
final class Scratch {
    private static final int SLOTS = 8;
    private final @Nullable Object[] arrays = new @Nullable Object[SLOTS];

    private @Nullable NativeArrays nativeArrays;

    /** Native memory for OpenBLAS, made at the first need. */
    NativeArrays nativeArrays() {
        NativeArrays held = nativeArrays;
        if (held == null) {
            held = new NativeArrays();
            nativeArrays = held;
        }
        return held;
    }

    @Nullable
    Object held(int slot) {
        return arrays[slot];
    }

    void hold(int slot, Object array) {
        arrays[slot] = array;
    }

    /** At least {@code length} doubles. */
    double[] doubles(int slot, int length) {
        if (arrays[slot] instanceof double[] array && array.length >= length) {
            return array;
        }
        double[] fresh = new double[length];
        arrays[slot] = fresh;
        return fresh;
    }

    /** At least {@code length} ints. */
    int[] ints(int slot, int length) {
        if (arrays[slot] instanceof int[] array && array.length >= length) {
            return array;
        }
        int[] fresh = new int[length];
        arrays[slot] = fresh;
        return fresh;
    }
}

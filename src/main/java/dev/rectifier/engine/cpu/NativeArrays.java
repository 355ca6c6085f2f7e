package dev.rectifier.engine.cpu;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Native copies of arrays, all starting on a cache line. Owned by one worker; freed with it by JavaCPP's collector. */
final class NativeArrays {
    private static final int LINE = 64;
    private static final int OPERANDS = 3;

    private final FloatPointer[] floats = new FloatPointer[OPERANDS];
    private final DoublePointer[] doubles = new DoublePointer[OPERANDS];

    NativeArrays() {
        for (int i = 0; i < OPERANDS; i++) {
            floats[i] = new FloatPointer();
            doubles[i] = new DoublePointer();
        }
    }

    /** Room for operand {@code slot}, its contents undefined; {@code like} only says the type. */
    FloatPointer room(int slot, int count, float[] like) {
        FloatPointer held = floats[slot];
        if (held.isNull() || held.limit() - held.position() < count) {
            held.deallocate();
            held = new FloatPointer(count + LINE / Float.BYTES);
            held.position(misalignment(held) / Float.BYTES);
            floats[slot] = held;
        }
        return held;
    }

    /** Room for operand {@code slot}, its contents undefined; {@code like} only says the type. */
    DoublePointer room(int slot, int count, double[] like) {
        DoublePointer held = doubles[slot];
        if (held.isNull() || held.limit() - held.position() < count) {
            held.deallocate();
            held = new DoublePointer(count + LINE / Double.BYTES);
            held.position(misalignment(held) / Double.BYTES);
            doubles[slot] = held;
        }
        return held;
    }

    private static long misalignment(Pointer pointer) {
        return Math.floorMod(-pointer.address(), (long) LINE);
    }
}

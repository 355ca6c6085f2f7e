package dev.rectifier.engine.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Native memory that starts on a cache line, for one block of an array. Used by one thread. */
final class NativeCopy {
    private static final int LINE = 64;

    private final FloatBuffer floats;
    private final DoubleBuffer doubles;
    private final FloatPointer asFloats;
    private final DoublePointer asDoubles;

    NativeCopy(int bytes) {
        ByteBuffer room = ByteBuffer.allocateDirect(bytes + 2 * LINE).alignedSlice(LINE);
        room.order(ByteOrder.nativeOrder());
        floats = room.asFloatBuffer();
        doubles = room.asDoubleBuffer();
        asFloats = new FloatPointer(floats);
        asDoubles = new DoublePointer(doubles);
    }

    void put(float[] from, int at, int count) {
        floats.put(0, from, at, count);
    }

    void put(double[] from, int at, int count) {
        doubles.put(0, from, at, count);
    }

    void get(float[] to, int at, int count) {
        floats.get(0, to, at, count);
    }

    void get(double[] to, int at, int count) {
        doubles.get(0, to, at, count);
    }

    /** Element {@code first}, valid until the next call; {@code like} only says the type. */
    FloatPointer from(int first, float[] like) {
        return asFloats.position(first);
    }

    /** Element {@code first}, valid until the next call; {@code like} only says the type. */
    DoublePointer from(int first, double[] like) {
        return asDoubles.position(first);
    }
}

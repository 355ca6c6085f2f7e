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

    /** Rows of an array, {@code stride} elements apart, of which the first {@code length} elements are meant. */
    record Rows(int count, int length, int stride) {
        boolean isDense() {
            return length == stride;
        }
    }

    private final int bytes;
    private final FloatBuffer floats;
    private final DoubleBuffer doubles;
    private final FloatPointer asFloats;
    private final DoublePointer asDoubles;

    NativeCopy(int bytes) {
        this.bytes = bytes;
        ByteBuffer room = ByteBuffer.allocateDirect(bytes + 2 * LINE).alignedSlice(LINE);
        room.order(ByteOrder.nativeOrder());
        floats = room.asFloatBuffer();
        doubles = room.asDoubleBuffer();
        asFloats = new FloatPointer(floats);
        asDoubles = new DoublePointer(doubles);
    }

    int bytes() {
        return bytes;
    }

    void put(float[] from, int at, int count) {
        floats.put(0, from, at, count);
    }

    /** From element {@code to} on. */
    void put(int to, float[] from, int at, int count) {
        floats.put(to, from, at, count);
    }

    /** {@code length} elements of each row, one row after the other. */
    void put(float[] from, int at, Rows rows) {
        if (rows.isDense()) {
            put(from, at, rows.count * rows.length);
            return;
        }
        for (int row = 0; row < rows.count; row++) {
            floats.put(row * rows.length, from, at + row * rows.stride, rows.length);
        }
    }

    void put(double[] from, int at, int count) {
        doubles.put(0, from, at, count);
    }

    /** From element {@code to} on. */
    void put(int to, double[] from, int at, int count) {
        doubles.put(to, from, at, count);
    }

    /** {@code length} elements of each row, one row after the other. */
    void put(double[] from, int at, Rows rows) {
        if (rows.isDense()) {
            put(from, at, rows.count * rows.length);
            return;
        }
        for (int row = 0; row < rows.count; row++) {
            doubles.put(row * rows.length, from, at + row * rows.stride, rows.length);
        }
    }

    void get(float[] to, int at, int count) {
        floats.get(0, to, at, count);
    }

    /** From element {@code from} on. */
    void get(int from, float[] to, int at, int count) {
        floats.get(from, to, at, count);
    }

    /** The reverse of the same {@code put}. */
    void get(float[] to, int at, Rows rows) {
        if (rows.isDense()) {
            get(to, at, rows.count * rows.length);
            return;
        }
        for (int row = 0; row < rows.count; row++) {
            floats.get(row * rows.length, to, at + row * rows.stride, rows.length);
        }
    }

    void get(double[] to, int at, int count) {
        doubles.get(0, to, at, count);
    }

    /** From element {@code from} on. */
    void get(int from, double[] to, int at, int count) {
        doubles.get(from, to, at, count);
    }

    /** The reverse of the same {@code put}. */
    void get(double[] to, int at, Rows rows) {
        if (rows.isDense()) {
            get(to, at, rows.count * rows.length);
            return;
        }
        for (int row = 0; row < rows.count; row++) {
            doubles.get(row * rows.length, to, at + row * rows.stride, rows.length);
        }
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

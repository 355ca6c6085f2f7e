package dev.rectifier.tensor;

import java.nio.ByteBuffer;

/** Elements of host arrays to bytes and back, in the order of the buffer (little-endian in every file of ours). */
public final class LittleEndian {
    private LittleEndian() {}

    /** Appends elements {@code from .. from + count - 1} to {@code out}, bit for bit. */
    public static void put(ByteBuffer out, HostTensor values, int from, int count) {
        switch (values.dtype()) {
            case F32 -> out.asFloatBuffer().put(values.floats(), from, count);
            case F64 -> out.asDoubleBuffer().put(values.doubles(), from, count);
            case I32 -> out.asIntBuffer().put(values.ints(), from, count);
            case I64 -> out.asLongBuffer().put(values.longs(), from, count);
        }
        out.position(out.position() + count * values.dtype().bytes());
    }

    /** Reads all elements of {@code values} from {@code in}, bit for bit. */
    public static void get(ByteBuffer in, HostTensor values) {
        switch (values.dtype()) {
            case F32 -> in.asFloatBuffer().get(values.floats());
            case F64 -> in.asDoubleBuffer().get(values.doubles());
            case I32 -> in.asIntBuffer().get(values.ints());
            case I64 -> in.asLongBuffer().get(values.longs());
        }
        in.position(in.position() + values.length() * values.dtype().bytes());
    }
}

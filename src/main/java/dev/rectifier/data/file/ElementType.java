package dev.rectifier.data.file;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * How numbers stand in files, little-endian, and the narrowest host type that holds all of them exactly. Unsigned 64-bit
 * numbers, which no host type holds, are not among them.
 */
enum ElementType {
    F64("F64", "<f8", 8, DType.F64),
    F32("F32", "<f4", 4, DType.F32),
    F16("F16", "<f2", 2, DType.F32),
    BF16("BF16", "", 2, DType.F32),
    I64("I64", "<i8", 8, DType.I64),
    I32("I32", "<i4", 4, DType.I32),
    I16("I16", "<i2", 2, DType.I32),
    I8("I8", "|i1", 1, DType.I32),
    U32("U32", "<u4", 4, DType.I64),
    U16("U16", "<u2", 2, DType.I32),
    U8("U8", "|u1", 1, DType.I32),
    BOOL("BOOL", "|b1", 1, DType.I32);

    private final String word;
    private final String descr;
    private final int bytes;
    private final DType host;

    ElementType(String word, String descr, int bytes, DType host) {
        this.word = word;
        this.descr = descr;
        this.bytes = bytes;
        this.host = host;
    }

    /** The type that safetensors calls so. */
    static Optional<ElementType> ofWord(String word) {
        return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
    }

    /** The type that numpy describes so. */
    static Optional<ElementType> ofDescr(String descr) {
        return Arrays.stream(values())
                .filter(type -> !descr.isEmpty() && type.descr.equals(descr))
                .findFirst();
    }

    /** The type that host arrays of this kind are written as: the same bits. */
    static ElementType of(DType dtype) {
        return switch (dtype) {
            case F32 -> F32;
            case F64 -> F64;
            case I32 -> I32;
            case I64 -> I64;
        };
    }

    /** Name in safetensors. */
    String word() {
        return word;
    }

    /** Name in npy; empty where numpy has no such type. */
    String descr() {
        return descr;
    }

    /** Width of one element. */
    int bytes() {
        return bytes;
    }

    /** Type of the host array. */
    DType host() {
        return host;
    }

    /** Moves {@code count} elements from {@code in}, a little-endian buffer, to {@code out} from {@code at} on. */
    void decode(ByteBuffer in, HostTensor out, int at, int count) {
        switch (this) {
            case F64 -> in.asDoubleBuffer().get(out.doubles(), at, count);
            case F32 -> in.asFloatBuffer().get(out.floats(), at, count);
            case I64 -> in.asLongBuffer().get(out.longs(), at, count);
            case I32 -> in.asIntBuffer().get(out.ints(), at, count);
            default -> widen(in, out, at, count);
        }
        in.position(in.position() + count * bytes);
    }

    private void widen(ByteBuffer in, HostTensor out, int at, int count) {
        int from = in.position();
        for (int i = 0; i < count; i++) {
            int place = from + i * bytes;
            switch (this) {
                case F16 -> out.floats()[at + i] = half(in.getShort(place));
                case BF16 -> out.floats()[at + i] = Float.intBitsToFloat(in.getShort(place) << 16);
                case U32 -> out.longs()[at + i] = Integer.toUnsignedLong(in.getInt(place));
                default -> out.ints()[at + i] = narrow(in, place);
            }
        }
    }

    private int narrow(ByteBuffer in, int place) {
        return switch (this) {
            case I16 -> in.getShort(place);
            case U16 -> Short.toUnsignedInt(in.getShort(place));
            case I8 -> in.get(place);
            case BOOL -> in.get(place) == 0 ? 0 : 1;
            default -> Byte.toUnsignedInt(in.get(place));
        };
    }

    /** IEEE 754 binary16 to binary32, exact; subnormals are multiples of 2^-24. */
    static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
        }
        int wide = exponent == 31 ? 0xff : exponent + (127 - 15);
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}

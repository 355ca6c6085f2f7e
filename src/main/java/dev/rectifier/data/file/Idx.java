package dev.rectifier.data.file;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * IDX files, the format of MNIST, plain or gzip: two zero bytes, a type, a number of axes, their extents (32 bits each,
 * big-endian), the elements, big-endian, and then nothing.
 *
 * <p>Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database, «The IDX file format».
 */
public final class Idx {
    private static final String CURE = "Check that it is an IDX file, plain or gzip.";
    private static final int MOST_AXES = 8;

    private Idx() {}

    /** The array as numbers, small integers widened to I32. */
    public static HostTensor read(Path file) {
        return raw(file).numbers();
    }

    /** The array as unsigned bytes, which it must be. */
    public static ByteTensor readBytes(Path file) {
        return raw(file).unsignedBytes();
    }

    private static RawArray raw(Path file) {
        try (Unpacking in = Unpacking.open(file)) {
            byte[] magic = in.bytes(4, "the type and the number of axes");
            int axes = magic[3];
            if (magic[0] != 0 || magic[1] != 0 || axes < 0 || axes > MOST_AXES) {
                throw in.fault("it does not begin with two zeros, a type and 0 to " + MOST_AXES + " axes", CURE);
            }
            ElementType type = type(in, magic[2]);
            Shape shape = shape(in, axes);
            RawArray array = RawArray.read(in, type, shape, ByteOrder.BIG_ENDIAN);
            in.end();
            return array;
        }
    }

    private static ElementType type(Unpacking in, int code) {
        return switch (code) {
            case 0x08 -> ElementType.U8;
            case 0x09 -> ElementType.I8;
            case 0x0B -> ElementType.I16;
            case 0x0C -> ElementType.I32;
            case 0x0D -> ElementType.F32;
            case 0x0E -> ElementType.F64;
            default -> throw in.fault("IDX has no element type " + code, CURE);
        };
    }

    private static Shape shape(Unpacking in, int axes) {
        ByteBuffer words = ByteBuffer.wrap(in.bytes(4L * axes, "the extents of " + axes + " axes"));
        long[] extents = new long[axes];
        for (int axis = 0; axis < axes; axis++) {
            extents[axis] = words.getInt();
        }
        try {
            return Shape.of(extents);
        } catch (IllegalArgumentException e) {
            throw in.fault("its extents cannot be: " + e.getMessage(), CURE);
        }
    }
}

package dev.rectifier.data.file;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An array as it stood in a file. */
final class RawArray {
    private final String file;
    private final ElementType type;
    private final Shape shape;
    private final byte[] bytes;
    private final ByteOrder order;

    private RawArray(String file, ElementType type, Shape shape, byte[] bytes, ByteOrder order) {
        this.file = file;
        this.type = type;
        this.shape = shape;
        this.bytes = bytes;
        this.order = order;
    }

    /** Reads the elements that a header announces; refuses more than one Java array holds. */
    static RawArray read(Unpacking in, ElementType type, Shape shape, ByteOrder order) {
        if (shape.size() > (Integer.MAX_VALUE - 8) / type.bytes()) {
            throw in.fault("it announces " + type + " " + shape + ", more than one Java array holds", "Split it.");
        }
        byte[] bytes = in.bytes(shape.size() * type.bytes(), "elements of " + type + " " + shape);
        return new RawArray(in.name(), type, shape, bytes, order);
    }

    /** Bytes it took in the file. */
    long length() {
        return bytes.length;
    }

    /** As numbers: the same, or widened exactly. */
    HostTensor numbers() {
        HostTensor values = HostTensor.zeros(type.host(), shape);
        type.decode(ByteBuffer.wrap(bytes).order(order), values, 0, values.length());
        return values;
    }

    /** As unsigned bytes, which they must be; owns the array. */
    ByteTensor unsignedBytes() {
        if (type != ElementType.U8) {
            throw DataFileException.of(
                    file, -1, "its elements are " + type + ", where unsigned bytes are wanted", "Save it as uint8.");
        }
        return ByteTensor.of(shape, bytes);
    }
}

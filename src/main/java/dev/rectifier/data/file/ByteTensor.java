package dev.rectifier.data.file;

import dev.rectifier.tensor.Shape;

/**
 * Unsigned bytes with a shape, row-major: images as they stand in files, a quarter of what numbers would take.
 *
 * <p>The array is held, not copied: whoever passes it in gives it away.
 */
public final class ByteTensor {
    private final Shape shape;
    private final byte[] bytes;

    private ByteTensor(Shape shape, byte[] bytes) {
        if (shape.size() != bytes.length) {
            throw new IllegalArgumentException(
                    "Shape " + shape + " has " + shape.size() + " elements, the array has " + bytes.length + ".");
        }
        this.shape = shape;
        this.bytes = bytes;
    }

    public static ByteTensor of(Shape shape, byte[] bytes) {
        return new ByteTensor(shape, bytes);
    }

    public Shape shape() {
        return shape;
    }

    /** The backing array; element i is {@code bytes[i] & 255}. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return "U8 " + shape;
    }
}

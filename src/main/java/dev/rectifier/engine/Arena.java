package dev.rectifier.engine;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/**
 * A lexical scope that owns device memory: open it with try-with-resources, allocate from it, and everything is freed when
 * it closes, children first. Using a buffer after that is an {@link IllegalStateException}.
 */
public interface Arena extends AutoCloseable {
    /**
     * A buffer with undefined contents: write every element before reading one.
     *
     * @throws OutOfDeviceMemoryException with the numbers, if it does not fit
     */
    Buffer allocate(DType dtype, Shape shape);

    /** A buffer of zeros. */
    Buffer zeros(DType dtype, Shape shape);

    /** A buffer with the shape, type and contents of {@code values}. */
    default Buffer upload(HostTensor values) {
        Buffer buffer = allocate(values.dtype(), values.shape());
        buffer.upload(values);
        return buffer;
    }

    /** Opens a scope inside this one; closing this one closes it too. */
    Arena openArena(String purpose);

    /** Bytes held by this arena and its children. */
    long bytes();

    @Override
    void close();
}

package dev.rectifier.engine.cuda;

import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/** A device copy of values that a launch reads. */
final class Staging {
    private static final long LEAST = 1024;

    private final GrowingBuffer storage;

    Staging(CudaMemory memory, String purpose, DType dtype) {
        storage = new GrowingBuffer(memory, purpose, dtype, LEAST);
    }

    /** Values [1, n] of all replicas, or [R, n]: what a launch over R replicas sees. Overwrites the last ones. */
    View of(HostTensor values, long replicas) {
        CudaBuffer buffer = storage.holding(values.length());
        buffer.uploadFirst(values);
        long blocks = values.shape().dim(0);
        long size = values.shape().dim(1);
        return new View(buffer, 0, blocks == 1 ? 0 : size, Shape.of(replicas, size));
    }

    /** The last values once more, of this many blocks and size. */
    View last(long blocks, long size) {
        return new View(storage.holding(blocks * size), 0, blocks == 1 ? 0 : size, Shape.of(blocks, size));
    }
}

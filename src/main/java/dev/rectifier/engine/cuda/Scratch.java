package dev.rectifier.engine.cuda;

import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;

/**
 * Device memory for the intermediate values of one operation. Operations run in order on one stream, so the next may
 * overwrite it.
 */
final class Scratch {
    private static final long LEAST = 4096;

    private final GrowingBuffer storage;

    Scratch(CudaMemory memory, String purpose) {
        storage = new GrowingBuffer(memory, purpose, DType.F64, LEAST);
    }

    /** F64 [replicas, size], contents undefined. */
    View doubles(long replicas, long size) {
        CudaBuffer buffer = storage.holding(Math.multiplyExact(replicas, size));
        return new View(buffer, 0, size, Shape.of(replicas, size));
    }
}

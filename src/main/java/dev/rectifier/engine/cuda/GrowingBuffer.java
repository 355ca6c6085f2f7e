package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/**
 * Device memory of the engine's own that grows to the largest need and stays; not counted among the user's arenas. Growing
 * loses what it held.
 */
final class GrowingBuffer {
    private final CudaMemory memory;
    private final String purpose;
    private final DType dtype;
    private final long least;
    private Optional<Arena> arena = Optional.empty();
    private Optional<CudaBuffer> buffer = Optional.empty();

    /** {@code least}: elements to begin with. */
    GrowingBuffer(CudaMemory memory, String purpose, DType dtype, long least) {
        this.memory = memory;
        this.purpose = purpose;
        this.dtype = dtype;
        this.least = least;
    }

    /** The buffer, of at least {@code elements}. */
    CudaBuffer holding(long elements) {
        return buffer.filter(held -> held.shape().size() >= elements).orElseGet(() -> grow(elements));
    }

    private CudaBuffer grow(long elements) {
        memory.context().synchronize();
        if (arena.isPresent()) {
            memory.moved();
            arena.get().close();
        }
        buffer = Optional.empty();
        Arena fresh = memory.openInternalArena(purpose);
        arena = Optional.of(fresh);
        CudaBuffer larger = (CudaBuffer) fresh.allocate(dtype, Shape.of(Math.max(least, elements)));
        buffer = Optional.of(larger);
        return larger;
    }
}

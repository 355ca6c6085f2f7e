package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/**
 * Device memory for the intermediate values of one operation; grows to the largest need and stays. Operations run in order on one
 * stream, so the next may overwrite it. It belongs to the engine and is not counted among the user's arenas.
 */
final class Scratch {
    private static final long LEAST = 4096;

    private final CudaMemory memory;
    private final String purpose;
    private Optional<Arena> arena = Optional.empty();
    private Optional<Buffer> buffer = Optional.empty();

    Scratch(CudaMemory memory, String purpose) {
        this.memory = memory;
        this.purpose = purpose;
    }

    /** F64 [replicas, size], contents undefined. */
    View doubles(long replicas, long size) {
        long needed = Math.multiplyExact(replicas, size);
        Buffer storage = buffer.filter(held -> held.shape().size() >= needed).orElseGet(() -> grow(needed));
        return new View(storage, 0, size, Shape.of(replicas, size));
    }

    private Buffer grow(long needed) {
        memory.context().synchronize();
        arena.ifPresent(Arena::close);
        buffer = Optional.empty();
        Arena fresh = memory.openInternalArena(purpose);
        arena = Optional.of(fresh);
        Buffer larger = fresh.allocate(DType.F64, Shape.of(Math.max(LEAST, needed)));
        buffer = Optional.of(larger);
        return larger;
    }
}

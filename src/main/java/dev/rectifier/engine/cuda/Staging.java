package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** A device copy of values that a launch reads; grows to the largest and stays, not counted among the user's arenas. */
final class Staging {
    private final CudaMemory memory;
    private final String purpose;
    private Optional<Arena> arena = Optional.empty();
    private Optional<CudaBuffer> buffer = Optional.empty();

    Staging(CudaMemory memory, String purpose) {
        this.memory = memory;
        this.purpose = purpose;
    }

    /** Values [1, n] of all replicas, or [R, n]: what a launch over R replicas sees. Overwrites the last ones. */
    View of(HostTensor values, long replicas) {
        CudaBuffer storage =
                buffer.filter(held -> held.shape().size() >= values.length()).orElseGet(() -> grow(values));
        storage.uploadFirst(values);
        long blocks = values.shape().dim(0);
        long size = values.shape().dim(1);
        return new View(storage, 0, blocks == 1 ? 0 : size, Shape.of(replicas, size));
    }

    private CudaBuffer grow(HostTensor values) {
        memory.context().synchronize();
        arena.ifPresent(Arena::close);
        buffer = Optional.empty();
        Arena fresh = memory.openInternalArena(purpose);
        arena = Optional.of(fresh);
        Buffer larger = fresh.allocate(values.dtype(), Shape.of(values.length()));
        buffer = Optional.of((CudaBuffer) larger);
        return (CudaBuffer) larger;
    }
}

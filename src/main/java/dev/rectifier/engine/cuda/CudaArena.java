package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.JCudaDriver;

/** A scope of device memory: one driver allocation per buffer, all freed at close, children first. */
final class CudaArena implements Arena {
    private final CudaMemory memory;
    private final String purpose;
    private final List<CudaArena> siblings;
    private final List<CudaArena> children = new ArrayList<>();
    private final List<CudaBuffer> buffers = new ArrayList<>();
    private long ownBytes;
    private boolean open = true;

    /** {@code siblings} is the list that holds this arena while it is open. */
    CudaArena(CudaMemory memory, String purpose, List<CudaArena> siblings) {
        this.memory = memory;
        this.purpose = purpose;
        this.siblings = siblings;
    }

    @Override
    public Buffer allocate(DType dtype, Shape shape) {
        requireOpen("allocate in");
        long bytes = bytesOf(dtype, shape);
        DeviceAddress address = memory.allocate(bytes, dtype + " " + shape + " in \"" + purpose + "\"");
        CudaBuffer buffer = new CudaBuffer(this, dtype, shape, address);
        buffers.add(buffer);
        ownBytes += bytes;
        return buffer;
    }

    private static long bytesOf(DType dtype, Shape shape) {
        return Math.multiplyExact(shape.size(), (long) dtype.bytes());
    }

    @Override
    public Buffer zeros(DType dtype, Shape shape) {
        CudaBuffer buffer = (CudaBuffer) allocate(dtype, shape);
        if (buffer.bytes() > 0) {
            CudaContext context = memory.context();
            context.finished(
                    JCudaDriver.cuMemsetD8Async(buffer.address(), (byte) 0, buffer.bytes(), context.stream()),
                    "cuMemsetD8Async");
        }
        return buffer;
    }

    @Override
    public Arena openArena(String childPurpose) {
        requireOpen("open a scope in");
        CudaArena child = new CudaArena(memory, childPurpose, children);
        children.add(child);
        return child;
    }

    @Override
    public long bytes() {
        return ownBytes + children.stream().mapToLong(CudaArena::bytes).sum();
    }

    long ownBytes() {
        return ownBytes;
    }

    String purpose() {
        return purpose;
    }

    CudaContext context() {
        return memory.context();
    }

    void collect(List<CudaArena> all) {
        all.add(this);
        children.forEach(child -> child.collect(all));
    }

    void requireOpen(String intent) {
        if (!open) {
            throw new IllegalStateException(
                    "Cannot " + intent + " arena \"" + purpose + "\": it has been closed and its memory given back.");
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        memory.context().bindToClose();
        for (int i = children.size() - 1; i >= 0; i--) {
            children.get(i).close();
        }
        for (int i = buffers.size() - 1; i >= 0; i--) {
            memory.free(buffers.get(i).address());
        }
        buffers.clear();
        ownBytes = 0;
        open = false;
        siblings.remove(this);
    }
}

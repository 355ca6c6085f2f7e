package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayDeque;
import java.util.Deque;

/** A scope of heap arrays with its own account; the root of the tree holds the limit. */
final class CpuArena implements Arena {
    private final String purpose;
    private final Queue queue;
    private final MemoryAccount account;
    private final Deque<CpuArena> children = new ArrayDeque<>();
    private long ownBytes;
    private boolean closed;

    CpuArena(String purpose, Queue queue, MemoryAccount account) {
        this.purpose = purpose;
        this.queue = queue;
        this.account = account;
    }

    String purpose() {
        return purpose;
    }

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("Arena \"" + purpose + "\" is closed: its buffers can no longer be used.");
        }
    }

    @Override
    public Buffer allocate(DType dtype, Shape shape) {
        requireOpen();
        if (shape.size() > Integer.MAX_VALUE - 8) {
            throw new ShapeException(
                    "A " + dtype + " array of shape " + shape + " has " + shape.size()
                            + " elements; the cpu engine holds at most 2^31 - 9 in one buffer. Split it, or use fewer replicas.");
        }
        long bytes = shape.size() * dtype.bytes();
        account.take(bytes, dtype + " " + shape, purpose);
        ownBytes += bytes;
        return new CpuBuffer(this, queue, storage(dtype, shape, bytes));
    }

    private HostTensor storage(DType dtype, Shape shape, long bytes) {
        try {
            return HostTensor.zeros(dtype, shape);
        } catch (OutOfMemoryError e) {
            account.give(bytes);
            ownBytes -= bytes;
            throw new OutOfDeviceMemoryException(account.refusal(bytes, dtype + " " + shape, purpose)
                    + " The heap is full; give the JVM more with -Xmx.");
        }
    }

    @Override
    public Buffer zeros(DType dtype, Shape shape) {
        return allocate(dtype, shape); // fresh heap arrays are zero
    }

    @Override
    public Arena openArena(String childPurpose) {
        requireOpen();
        children.removeIf(CpuArena::isClosed);
        CpuArena child = new CpuArena(childPurpose, queue, account);
        children.push(child);
        return child;
    }

    @Override
    public long bytes() {
        return ownBytes + children.stream().mapToLong(CpuArena::bytes).sum();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        queue.flush();
        children.forEach(CpuArena::close);
        closed = true;
        account.give(ownBytes);
        ownBytes = 0;
    }
}

package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/** A heap array of one primitive type: float[], double[], int[] or long[]. */
final class CpuBuffer implements Buffer {
    private final CpuArena owner;
    private final Queue queue;
    private final HostTensor storage;

    CpuBuffer(CpuArena owner, Queue queue, HostTensor storage) {
        this.owner = owner;
        this.queue = queue;
        this.storage = storage;
    }

    @Override
    public DType dtype() {
        return storage.dtype();
    }

    @Override
    public Shape shape() {
        return storage.shape();
    }

    /** The live array. @throws IllegalStateException after the arena was closed */
    Object array() {
        owner.requireOpen();
        return storage.array();
    }

    boolean belongsTo(Queue engineQueue) {
        return queue == engineQueue;
    }

    @Override
    public void upload(HostTensor values) {
        Object target = array();
        if (values.dtype() != dtype() || values.length() != storage.length()) {
            throw new ShapeException("upload: " + values + " does not fit the buffer " + storage + " of arena \""
                    + owner.purpose() + "\".");
        }
        queue.flush();
        System.arraycopy(values.array(), 0, target, 0, values.length());
    }

    @Override
    public HostTensor download() {
        Object source = array();
        queue.flush();
        HostTensor copy = HostTensor.zeros(dtype(), shape());
        System.arraycopy(source, 0, copy.array(), 0, copy.length());
        return copy;
    }
}

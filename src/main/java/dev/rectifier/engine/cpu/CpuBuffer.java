package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/**
 * A heap array of one primitive type: float[], double[], int[] or long[].
 *
 * <p>Two marks say how the jobs waiting in the {@link Queue} touch it: written at all, and read across replicas. A view is
 * regular when replica r stays within row r of the buffer; jobs with regular views alone never meet another replica.
 */
final class CpuBuffer implements Buffer {
    private final CpuArena owner;
    private final Queue queue;
    private final HostTensor storage;
    private final long rowSize;
    private long writtenEpoch;
    private long readAcrossEpoch;

    CpuBuffer(CpuArena owner, Queue queue, HostTensor storage) {
        this.owner = owner;
        this.queue = queue;
        this.storage = storage;
        this.rowSize = storage.shape().rank() == 0 ? 1 : storage.shape().tail().size();
    }

    static boolean isRegular(View view) {
        long row = ((CpuBuffer) view.buffer()).rowSize;
        return view.replicaStride() == row && view.offset() + view.blockSize() <= row;
    }

    void markWritten(long epoch) {
        writtenEpoch = epoch;
    }

    boolean isWritten(long epoch) {
        return writtenEpoch == epoch;
    }

    void markReadAcross(long epoch) {
        readAcrossEpoch = epoch;
    }

    boolean isReadAcross(long epoch) {
        return readAcrossEpoch == epoch;
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

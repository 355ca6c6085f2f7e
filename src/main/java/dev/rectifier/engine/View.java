package dev.rectifier.engine;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/**
 * A window on a {@link Buffer}: R blocks, one per replica, each dense and row-major, {@code replicaStride} elements apart.
 * Element (r, i) of the view, i counted row-major within the block, is element {@code offset + r * replicaStride + i} of
 * the buffer. Stride 0 means that all replicas share one block (inputs, a teacher); shared blocks are never written.
 *
 * @param buffer the storage
 * @param offset first element
 * @param replicaStride elements from one replica's block to the next; 0 when shared
 * @param shape [R, ...]
 */
public record View(Buffer buffer, long offset, long replicaStride, Shape shape) {
    public View {
        if (shape.rank() < 1 || offset < 0 || replicaStride < 0) {
            throw new ShapeException(
                    "A view needs a leading replica axis and non-negative offset and stride, not shape " + shape
                            + ", offset " + offset + ", stride " + replicaStride + ".");
        }
        long end = shape.size() == 0
                ? 0
                : offset + (shape.dim(0) - 1) * replicaStride + shape.tail().size();
        if (end > buffer.shape().size()) {
            throw new ShapeException("The view " + shape + " at offset " + offset + " with stride " + replicaStride
                    + " ends at element " + end + ", past the end of its buffer " + buffer.shape() + ".");
        }
    }

    /** The whole buffer: its leading axis is the replica. */
    public static View of(Buffer buffer) {
        return new View(buffer, 0, buffer.shape().tail().size(), buffer.shape());
    }

    /** One block of shape {@code buffer.shape()} (no replica axis) seen by {@code replicas} replicas. */
    public static View shared(Buffer buffer, long replicas) {
        return new View(buffer, 0, 0, buffer.shape().prepend(replicas));
    }

    public DType dtype() {
        return buffer.dtype();
    }

    /** R: the number of replicas. */
    public long replicas() {
        return shape.dim(0);
    }

    /** Elements of one replica's block. */
    public long blockSize() {
        return shape.tail().size();
    }

    /** True when all replicas see one block. */
    public boolean isShared() {
        return replicaStride == 0 && replicas() > 1;
    }

    /** Extent of one axis; a negative axis counts from the innermost. */
    public long dim(int axis) {
        return shape.dim(axis);
    }

    /** Part of every block: {@code block} elements from {@code start} (counted within the block), with that shape. */
    public View slice(long start, Shape block) {
        if (start + block.size() > blockSize()) {
            throw new ShapeException(
                    "A slice of " + block + " at element " + start + " leaves the block of " + shape + ".");
        }
        return new View(buffer, offset + start, replicaStride, block.prepend(replicas()));
    }

    /** Rows {@code first .. first + count - 1} of axis 1 (examples) of every block. */
    public View rows(long first, long count) {
        long rowSize = shape.tail().tail().size();
        return slice(first * rowSize, shape.tail().tail().prepend(count));
    }

    /** Replicas {@code first .. first + count - 1}. */
    public View replicas(long first, long count) {
        return new View(
                buffer,
                offset + first * replicaStride,
                replicaStride,
                shape.tail().prepend(count));
    }

    /** What R replicas see of a view with R blocks, or of one with a single block: that block, shared. */
    public View seenBy(long all) {
        if (replicas() != all && replicas() != 1) {
            throw new ShapeException("A view of " + replicas() + " replicas cannot be seen by " + all + ".");
        }
        return replicas() == all
                ? this
                : new View(buffer, offset, 0, shape.tail().prepend(all));
    }

    /** The same elements of every block under another block shape. */
    public View reshape(Shape block) {
        if (block.size() != blockSize()) {
            throw new ShapeException("Cannot see blocks of " + shape.tail() + " as " + block + ".");
        }
        return new View(buffer, offset, replicaStride, block.prepend(replicas()));
    }

    /** A host copy of the elements of this view, of shape {@link #shape()}. Waits for all work before it. */
    public HostTensor download() {
        HostTensor whole = buffer.download();
        if (offset == 0 && shape.equals(buffer.shape()) && !isShared()) {
            return whole;
        }
        HostTensor result = HostTensor.zeros(dtype(), shape);
        int block = Math.toIntExact(blockSize());
        for (int r = 0; r < replicas(); r++) {
            int from = Math.toIntExact(offset + r * replicaStride);
            System.arraycopy(whole.array(), from, result.array(), r * block, block);
        }
        return result;
    }

    @Override
    public String toString() {
        return dtype() + " " + shape + (isShared() ? " shared" : "");
    }
}

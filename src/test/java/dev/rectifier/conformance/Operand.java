package dev.rectifier.conformance;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/**
 * One argument of an operation.
 *
 * @param name as in the Javadoc of the operation
 * @param role whether the operation reads it, writes it or both
 * @param values [R, ...] as the replicas see them before the call (poison for outputs)
 * @param layout how they lie in device memory
 */
record Operand(String name, Role role, HostTensor values, Layout layout) {
    enum Role {
        IN,
        OUT,
        INOUT
    }

    enum Layout {
        /** A buffer of exactly [R, ...]. */
        DENSE,
        /** One block seen by all replicas (stride 0); inputs only. */
        SHARED,
        /** A slice of a wider [R, P] buffer: an offset, and a stride larger than the block. */
        SLICED
    }

    /** Elements of the wider buffer before and after a sliced block: odd, so that no alignment survives. */
    private static final int BEFORE = 5;

    private static final int AFTER = 8;

    static Operand in(String name, HostTensor values, Layout layout) {
        return new Operand(name, Role.IN, values, layout);
    }

    static Operand inout(String name, HostTensor values, Layout layout) {
        return new Operand(name, Role.INOUT, values, unshared(layout));
    }

    /** An output, poisoned: NaN or a large negative integer in every element. */
    static Operand out(String name, DType type, Shape shape, Layout layout) {
        return new Operand(name, Role.OUT, filled(type, shape), unshared(layout));
    }

    private static Layout unshared(Layout layout) {
        return layout == Layout.SHARED ? Layout.DENSE : layout;
    }

    private static HostTensor filled(DType type, Shape shape) {
        HostTensor tensor = HostTensor.zeros(type, shape);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, type.isFloating() ? Double.NaN : -1_431_655_766);
        }
        return tensor;
    }

    boolean written() {
        return role != Role.IN;
    }

    int replicas() {
        return Math.toIntExact(values.shape().dim(0));
    }

    int block() {
        return Math.toIntExact(values.shape().tail().size());
    }

    /** The block of one replica, [1, ...]. */
    HostTensor replica(int r) {
        HostTensor one = HostTensor.zeros(values.dtype(), values.shape().tail().prepend(1));
        System.arraycopy(values.array(), r * block(), one.array(), 0, block());
        return one;
    }

    /** This operand as replica {@code r} alone sees it. */
    Operand alone(int r) {
        return new Operand(name, role, replica(r), unshared(layout));
    }

    /** This operand with other values. */
    Operand with(HostTensor newValues) {
        return new Operand(name, role, newValues, layout);
    }

    /** Puts the values on a device. */
    View place(Arena arena) {
        return switch (layout) {
            case DENSE -> arena.upload(values).view();
            case SHARED -> View.shared(arena.upload(sharedBlock()), replicas());
            case SLICED -> sliced(arena);
        };
    }

    private HostTensor sharedBlock() {
        HostTensor block = HostTensor.zeros(values.dtype(), values.shape().tail());
        System.arraycopy(values.array(), 0, block.array(), 0, block());
        return block;
    }

    private View sliced(Arena arena) {
        HostTensor wide = filled(values.dtype(), Shape.of(replicas(), BEFORE + block() + AFTER));
        scatter(wide);
        Buffer buffer = arena.upload(wide);
        return buffer.view().slice(BEFORE, values.shape().tail());
    }

    private void scatter(HostTensor wide) {
        for (int r = 0; r < replicas(); r++) {
            int to = r * (BEFORE + block() + AFTER) + BEFORE;
            System.arraycopy(values.array(), r * block(), wide.array(), to, block());
        }
    }

    /** The whole storage as it must be after the call, where {@code after} are the values of the view. */
    HostTensor storage(HostTensor after) {
        return switch (layout) {
            case DENSE -> after;
            case SHARED -> sharedBlock();
            case SLICED -> {
                HostTensor wide = filled(values.dtype(), Shape.of(replicas(), BEFORE + block() + AFTER));
                with(after).scatter(wide);
                yield wide;
            }
        };
    }

    @Override
    public String toString() {
        return name + " " + values + " " + layout;
    }
}

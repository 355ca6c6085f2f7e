package dev.rectifier.bench;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * One operand of an {@link Operation}.
 *
 * @param shape [R, ...]
 * @param dtype its type; empty: the type of the computation
 * @param content what it starts with
 * @param read whether the operation reads it
 * @param written whether the operation writes it
 */
record Slot(Shape shape, Optional<DType> dtype, Content content, boolean read, boolean written) {
    /** What an operand starts with. */
    sealed interface Content {
        /** Standard normals; the same on every engine. */
        record Normal() implements Content {}

        /** What ReLU makes of standard normals. */
        record Rectified() implements Content {}

        /** Uniform on [0, 1). */
        record Uniform() implements Content {}

        /** Whole numbers from 0 to {@code bound - 1}. */
        record Whole(int bound) implements Content {}

        /** One number everywhere. */
        record Constant(double value) implements Content {}

        /** Given values, the same for every replica: one block. */
        record Given(List<Double> row) implements Content {}

        /** NaN, or -1 where there is none: what an operation must overwrite. */
        record Poison() implements Content {}
    }

    static Slot in(long... extents) {
        return new Slot(Shape.of(extents), Optional.empty(), new Content.Normal(), true, false);
    }

    static Slot out(long... extents) {
        return new Slot(Shape.of(extents), Optional.empty(), new Content.Poison(), false, true);
    }

    /** Room that a computation takes besides; nobody looks at it, and its traffic is not counted. */
    static Slot scratch(long... extents) {
        return new Slot(Shape.of(extents), Optional.empty(), new Content.Poison(), false, false);
    }

    /** Read, then overwritten in place. */
    Slot inPlace() {
        return new Slot(shape, dtype, content, true, true);
    }

    Slot of(DType type) {
        return new Slot(shape, Optional.of(type), content, read, written);
    }

    Slot with(Content other) {
        return new Slot(shape, dtype, other, read, written);
    }

    DType typeFor(DType computation) {
        return dtype.orElse(computation);
    }

    long bytes(DType computation) {
        return shape.size() * typeFor(computation).bytes();
    }

    /** Bytes that must cross the memory in one call. */
    double traffic(DType computation) {
        return (double) bytes(computation) * ((read ? 1 : 0) + (written ? 1 : 0));
    }

    View allocate(Arena arena, DType computation) {
        return arena.allocate(typeFor(computation), shape).view();
    }

    /**
     * Fills a view of this slot.
     *
     * @param streams I64 [R, 2]
     * @param number of the slot: no two slots draw the same numbers
     */
    void fill(Engine engine, View view, View streams, long number) {
        if (content instanceof Content.Normal) {
            engine.random().normal(view, streams, number, 0, 1);
        } else if (content instanceof Content.Rectified) {
            engine.random().normal(view, streams, number, 0, 1);
            rectify(engine, view);
        } else if (content instanceof Content.Uniform) {
            engine.random().uniform(view, streams, number, 0, 1);
        } else if (content instanceof Content.Whole whole) {
            engine.random().integers(view, streams, number, whole.bound());
        } else if (content instanceof Content.Given given) {
            view.buffer().upload(repeated(view, given.row()));
        } else if (content instanceof Content.Constant constant) {
            constant(engine, view, constant.value());
        } else {
            constant(engine, view, view.dtype().isFloating() ? Double.NaN : -1);
        }
    }

    private static void rectify(Engine engine, View view) {
        try (Arena arena = engine.openArena("mask of an operand")) {
            Shape words = Shape.of(view.replicas(), PointwiseOps.maskWords(view.blockSize()));
            engine.pointwise().relu(view, arena.allocate(DType.I32, words).view(), view);
            engine.synchronize();
        }
    }

    private static void constant(Engine engine, View view, double value) {
        if (view.dtype().isFloating()) {
            engine.pointwise().fill(view, value);
        } else {
            view.buffer().upload(repeated(view, List.of(value)));
        }
    }

    private static HostTensor repeated(View view, List<Double> row) {
        HostTensor values = HostTensor.zeros(view.dtype(), view.shape());
        for (int i = 0; i < values.length(); i++) {
            values.set(i, row.get(i % row.size()));
        }
        return values;
    }
}

package dev.rectifier.engine;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;

/**
 * One call of an operation under examination: its views by name, and the tests that all groups share. Nothing is formatted
 * unless a test fails.
 */
final class Call {
    private final String operation;
    private final Object[] namesAndViews;
    private final long replicas;

    /**
     * @param namesAndViews name, view, name, view, ...; the first view, an output, gives the number of replicas
     * @throws ShapeException if a view belongs to another engine or has another number of replicas
     */
    Call(Engine engine, String operation, Object... namesAndViews) {
        this.operation = operation;
        this.namesAndViews = namesAndViews;
        this.replicas = view(0).replicas();
        for (int i = 0; i < namesAndViews.length / 2; i++) {
            View view = view(i);
            if (!engine.owns(view.buffer())) {
                throw fault(view, "a buffer of this engine, not of another one");
            }
            if (view.replicas() != replicas) {
                throw fault(view, replicas + " replicas");
            }
        }
    }

    private View view(int i) {
        return (View) namesAndViews[2 * i + 1];
    }

    /** The view is [R, extents...]; {@code axes} names them in the message. */
    void shape(View view, String axes, long... extents) {
        boolean fits = view.shape().rank() == extents.length + 1;
        for (int i = 0; fits && i < extents.length; i++) {
            fits = view.dim(i + 1) == extents[i];
        }
        if (!fits) {
            throw fault(view, axes + " = " + Shape.of(extents).prepend(replicas));
        }
    }

    /** The view has {@code rank} axes, the replica included. */
    void rank(View view, String axes, int rank) {
        if (view.shape().rank() != rank) {
            throw fault(view, axes);
        }
    }

    /** Both views have one shape. */
    void sameShape(View view, View model) {
        if (!view.shape().equals(model.shape())) {
            throw fault(view, "the shape of " + name(model) + ", " + model.shape());
        }
    }

    void type(View view, DType dtype) {
        if (view.dtype() != dtype) {
            throw fault(view, "elements of type " + dtype);
        }
    }

    /** The first is F32 or F64, and so are all others. */
    void floating(View first, View... others) {
        if (!first.dtype().isFloating()) {
            throw fault(first, "elements of type F32 or F64");
        }
        for (View view : others) {
            type(view, first.dtype());
        }
    }

    /** The view can be written: every replica has a block of its own. */
    void written(View out) {
        if (replicas > 1 && out.replicaStride() < out.blockSize()) {
            String why = out.isShared() ? "it is shared by all replicas" : "its blocks overlap each other";
            throw fault(out, "a block of its own for every replica, because it is written; " + why);
        }
    }

    /** The output can be written and has no element in common with the others. */
    void apart(View out, View... others) {
        written(out);
        for (View other : others) {
            if (overlap(out, other)) {
                throw fault(out, "no element in common with " + lastName(other) + ", because it is written");
            }
        }
    }

    /** The output can be written and is the input itself or has no element in common with it. */
    void sameOrApart(View out, View in) {
        written(out);
        if (overlap(out, in) && !same(out, in)) {
            throw fault(out, "exactly the elements of " + name(in) + ", or none of them");
        }
    }

    private static boolean same(View a, View b) {
        return a.offset() == b.offset()
                && a.blockSize() == b.blockSize()
                && (a.replicaStride() == b.replicaStride() || a.replicas() == 1);
    }

    private static boolean overlap(View a, View b) {
        if (a.buffer() != b.buffer() || end(a) <= b.offset() || end(b) <= a.offset()) {
            return false;
        }
        if (a.replicaStride() != b.replicaStride() || a.replicaStride() == 0) {
            return true;
        }
        // Equal strides, as of two slices of one flat array of parameters: what counts is the place within a period.
        long ahead = Math.floorMod(b.offset() - a.offset(), a.replicaStride());
        return ahead < a.blockSize() || a.replicaStride() - ahead < b.blockSize();
    }

    private static long end(View view) {
        boolean empty = view.shape().size() == 0;
        return empty ? 0 : view.offset() + (view.replicas() - 1) * view.replicaStride() + view.blockSize();
    }

    /** The violation: operation, view, what was expected of it, and all views. */
    ShapeException fault(View view, String expected) {
        StringBuilder message = new StringBuilder(operation)
                .append(": ")
                .append(name(view))
                .append(" is ")
                .append(view)
                .append("; expected ")
                .append(expected)
                .append(". All views:");
        for (int i = 0; i < namesAndViews.length; i += 2) {
            message.append(i == 0 ? " " : ", ")
                    .append(namesAndViews[i])
                    .append(' ')
                    .append(namesAndViews[i + 1]);
        }
        return new ShapeException(message.append('.').toString());
    }

    /** Of a view that was passed twice, the name of the input: inputs stand behind outputs. */
    private String lastName(View view) {
        String last = "";
        for (int i = 0; i < namesAndViews.length; i += 2) {
            last = namesAndViews[i + 1] == view ? (String) namesAndViews[i] : last;
        }
        return last;
    }

    private String name(View view) {
        for (int i = 0; i < namesAndViews.length; i += 2) {
            if (namesAndViews[i + 1] == view) {
                return (String) namesAndViews[i];
            }
        }
        throw new IllegalArgumentException("No view " + view + " in " + operation + ".");
    }
}

package dev.rectifier.cli.network;

import dev.rectifier.engine.LossKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/**
 * Examples from files, brought into the form of one network and checked.
 *
 * @param x [1, M, ...] of the element type
 * @param targets [1, M, K] of the element type, or labels I32 [1, M]
 */
public record ExampleFiles(HostTensor x, HostTensor targets) {
    /** What the examples must fit. */
    public record Wanted(Shape input, int outputs, LossKind loss, DType dtype) {}

    /** Reads both and checks them. @throws IllegalArgumentException naming the file, what is wrong with it and what it should hold */
    public static ExampleFiles read(ArrayFile inputs, ArrayFile targets, Wanted wanted) {
        HostTensor x = inputs(inputs, wanted);
        return new ExampleFiles(x, targets(targets, x.shape().dim(1), wanted));
    }

    private static HostTensor inputs(ArrayFile file, Wanted wanted) {
        HostTensor read = file.read();
        Shape shape = read.shape();
        boolean fits = shape.rank() >= 2
                && shape.dim(0) > 0
                && (shape.tail().equals(wanted.input) || (shape.rank() == 2 && shape.dim(1) == wanted.input.size()));
        if (!fits) {
            throw new IllegalArgumentException(file + ": the array has the shape " + shape + ", but the network takes "
                    + wanted.input + ": save [N, ...] with those extents behind, or [N, " + wanted.input.size() + "].");
        }
        Shape whole = wanted.input.prepend(shape.dim(0)).prepend(1);
        return finite(file, HostTensor.rounded(wanted.dtype, whole, read.toDoubles()));
    }

    /** After rounding: what is finite in fp64 may not be in fp32. */
    private static HostTensor finite(ArrayFile file, HostTensor values) {
        for (int i = 0; i < values.length(); i++) {
            if (!Double.isFinite(values.get(i))) {
                throw new IllegalArgumentException(file + ": element " + i + " is " + values.get(i) + " in "
                        + values.dtype() + ". Only finite numbers can be evaluated.");
            }
        }
        return values;
    }

    private static HostTensor targets(ArrayFile file, long examples, Wanted wanted) {
        HostTensor read = file.read();
        return wanted.loss == LossKind.SOFTMAX_CROSS_ENTROPY
                ? labels(file, read, examples, wanted)
                : values(file, read, examples, wanted);
    }

    private static HostTensor labels(ArrayFile file, HostTensor read, long examples, Wanted wanted) {
        if (read.dtype().isFloating()
                || read.length() != examples
                || read.shape().rank() > 2) {
            throw new IllegalArgumentException(
                    file + ": it holds " + read + ", but cross-entropy takes a class for each of the " + examples
                            + " examples: save integers [" + examples + "].");
        }
        HostTensor labels = HostTensor.zeros(DType.I32, Shape.of(1, examples));
        for (int n = 0; n < labels.length(); n++) {
            double label = read.get(n);
            if (label < 0 || label >= wanted.outputs) {
                throw new IllegalArgumentException(file + ": element " + n + " is " + (long) label
                        + ", but the network has the classes 0 to " + (wanted.outputs - 1) + ".");
            }
            labels.set(n, label);
        }
        return labels;
    }

    private static HostTensor values(ArrayFile file, HostTensor read, long examples, Wanted wanted) {
        Shape whole = Shape.of(examples, wanted.outputs);
        boolean single = wanted.outputs == 1 && read.shape().equals(Shape.of(examples));
        if (!read.shape().equals(whole) && !single) {
            throw new IllegalArgumentException(file + ": the array has the shape " + read.shape()
                    + ", but the network gives " + whole + ": save one row of targets per example.");
        }
        HostTensor rounded = finite(file, HostTensor.rounded(wanted.dtype, whole.prepend(1), read.toDoubles()));
        if (wanted.loss != LossKind.SQUARED) {
            requireSigns(file, read, wanted);
        }
        return rounded;
    }

    private static void requireSigns(ArrayFile file, HostTensor values, Wanted wanted) {
        for (int i = 0; i < values.length(); i++) {
            if (Math.abs(values.get(i)) != 1) {
                throw new IllegalArgumentException(file + ": element " + i + " is " + values.get(i) + ", but the "
                        + wanted.loss.name().toLowerCase(java.util.Locale.ROOT) + " loss takes -1 and 1.");
            }
        }
    }
}

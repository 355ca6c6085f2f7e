package dev.rectifier.model;

import dev.rectifier.model.ParameterLayout.Kind;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One layer of a {@link ChainSpec} as a value. Extents are those of one example: [features] or [channels, height, width].
 * Conventions are PyTorch's.
 */
public sealed interface LayerSpec {
    /**
     * Extents of the output.
     *
     * @throws IllegalArgumentException saying what input it needs, if this is none
     */
    Shape output(Shape input);

    /** Its own parameters, in PyTorch's order. */
    default List<Part> parameters(Shape input) {
        return List.of();
    }

    /** Numbers that training moves but no gradient. */
    default List<Part> state(Shape input) {
        return List.of();
    }

    /** One tensor of a layer, by its name within the layer. */
    record Part(String name, Kind kind, Shape shape) {}

    /** A layer that is linear in its input and in its weight: one row of weights per unit. */
    sealed interface Linear extends LayerSpec permits Dense, Conv, WeightNormed {
        /** [units, ...]: what follows are the inputs of one unit. */
        Shape weight(Shape input);

        boolean bias();

        @Override
        default List<Part> parameters(Shape input) {
            Shape weight = weight(input);
            Part rows = new Part("weight", Kind.WEIGHT, weight);
            return bias() ? List.of(rows, new Part("bias", Kind.BIAS, Shape.of(weight.dim(0)))) : List.of(rows);
        }
    }

    /** y = W x + b on [features]. */
    record Dense(int units, boolean bias) implements Linear {
        public Dense {
            atLeast("units", units, 1);
        }

        /** With biases. */
        public Dense(int units) {
            this(units, true);
        }

        @Override
        public Shape output(Shape input) {
            require(input.rank() == 1, "takes [features]: put a flatten before it");
            return Shape.of(units);
        }

        @Override
        public Shape weight(Shape input) {
            return Shape.of(units, input.dim(0));
        }
    }

    /**
     * Convolution with a square kernel, zero padding and no dilation.
     *
     * @param channels of the output
     * @param kernel its height and width
     */
    record Conv(int channels, int kernel, int stride, int padding, boolean bias) implements Linear {
        public Conv {
            atLeast("channels", channels, 1);
            atLeast("kernel", kernel, 1);
            atLeast("stride", stride, 1);
            atLeast("padding", padding, 0);
        }

        @Override
        public Shape output(Shape input) {
            requirePlanes(input);
            long height = cells(input.dim(1), kernel, stride, padding);
            long width = cells(input.dim(2), kernel, stride, padding);
            return Shape.of(channels, height, width);
        }

        @Override
        public Shape weight(Shape input) {
            return Shape.of(channels, input.dim(0), kernel, kernel);
        }
    }

    /**
     * A dense layer or a convolution whose weight is w = g v / |v|, row by row: length and direction are parameters, named as by
     * PyTorch's {@code weight_norm}.
     */
    record WeightNormed(Linear layer) implements Linear {
        public WeightNormed {
            require(!(layer instanceof WeightNormed), "a weight can be normalised only once");
        }

        @Override
        public Shape output(Shape input) {
            return layer.output(input);
        }

        @Override
        public Shape weight(Shape input) {
            return layer.weight(input);
        }

        @Override
        public boolean bias() {
            return layer.bias();
        }

        @Override
        public List<Part> parameters(Shape input) {
            Shape v = weight(input);
            long[] g = new long[v.rank()];
            Arrays.fill(g, 1);
            g[0] = v.dim(0);
            List<Part> parts = new ArrayList<>();
            if (bias()) {
                parts.add(new Part("bias", Kind.BIAS, Shape.of(v.dim(0))));
            }
            parts.add(new Part("weight_g", Kind.LENGTH, Shape.of(g)));
            parts.add(new Part("weight_v", Kind.WEIGHT, v));
            return parts;
        }
    }

    /**
     * Normalises every channel to mean 0 and variance 1 over examples and places, then scales and shifts it. In evaluation by
     * running moments: running = (1 - momentum) running + momentum batch.
     *
     * @param eps added to the variance
     * @param affine whether scale and shift are parameters; else they are 1 and 0
     * @param mode how this layer normalises in every pass, as after {@code train()} or {@code eval()} of the one module in
     *     PyTorch; empty: as the pass says. Running moments move only where moments of a batch are taken
     */
    record BatchNorm(double eps, double momentum, boolean affine, Optional<PassKind.Mode> mode) implements LayerSpec {
        public BatchNorm {
            require(eps >= 0 && Double.isFinite(eps), "eps must be a finite number that is not negative, not " + eps);
            require(momentum >= 0 && momentum <= 1, "momentum must lie between 0 and 1, not at " + momentum);
        }

        /** PyTorch's: eps 1e-5, momentum 0.1, affine. */
        public BatchNorm() {
            this(1e-5, 0.1, true);
        }

        /** As the pass says. */
        public BatchNorm(double eps, double momentum, boolean affine) {
            this(eps, momentum, affine, Optional.empty());
        }

        /** The same in this mode, whatever a pass says. */
        public BatchNorm always(PassKind.Mode fixed) {
            return new BatchNorm(eps, momentum, affine, Optional.of(fixed));
        }

        /** Whether it takes the moments of the batch in a pass of that mode. */
        public boolean takesBatch(PassKind.Mode pass) {
            return mode.orElse(pass) == PassKind.Mode.TRAINING;
        }

        /** Says nothing of a mode that is not fixed: the text is part of a checkpoint's identity. */
        @Override
        public String toString() {
            return "BatchNorm[eps=" + eps + ", momentum=" + momentum + ", affine=" + affine
                    + mode.map(fixed -> ", mode=" + fixed).orElse("") + "]";
        }

        @Override
        public Shape output(Shape input) {
            require(input.rank() == 1 || input.rank() == 3, "takes [features] or [channels, height, width]");
            return input;
        }

        @Override
        public List<Part> parameters(Shape input) {
            Shape channels = Shape.of(input.dim(0));
            return affine
                    ? List.of(new Part("weight", Kind.SCALE, channels), new Part("bias", Kind.SHIFT, channels))
                    : List.of();
        }

        @Override
        public List<Part> state(Shape input) {
            Shape channels = Shape.of(input.dim(0));
            return List.of(
                    new Part("running_mean", Kind.MEAN, channels), new Part("running_var", Kind.VARIANCE, channels));
        }
    }

    /** max(x, 0), with derivative 0 at 0. */
    record Relu() implements LayerSpec {
        @Override
        public Shape output(Shape input) {
            return input;
        }
    }

    /** Largest of each square window; windows lie inside the padded plane. */
    record MaxPool(int size, int stride, int padding) implements LayerSpec {
        public MaxPool {
            atLeast("size", size, 1);
            atLeast("stride", stride, 1);
            atLeast("padding", padding, 0);
            require(2 * padding <= size, "padding must be at most half the size, not " + padding + " of " + size);
        }

        /** Windows side by side. */
        public MaxPool(int size) {
            this(size, size, 0);
        }

        @Override
        public Shape output(Shape input) {
            return pooled(input, size, stride, padding);
        }
    }

    /** Mean of each square window. */
    record AvgPool(int size, int stride) implements LayerSpec {
        public AvgPool {
            atLeast("size", size, 1);
            atLeast("stride", stride, 1);
        }

        /** Windows side by side. */
        public AvgPool(int size) {
            this(size, size);
        }

        @Override
        public Shape output(Shape input) {
            return pooled(input, size, stride, 0);
        }
    }

    /** Mean of each channel: [channels, height, width] to [channels, 1, 1]. */
    record GlobalAvgPool() implements LayerSpec {
        @Override
        public Shape output(Shape input) {
            requirePlanes(input);
            return Shape.of(input.dim(0), 1, 1);
        }
    }

    /** Any extents to [features]. */
    record Flatten() implements LayerSpec {
        @Override
        public Shape output(Shape input) {
            return Shape.of(input.size());
        }
    }

    /** In training every element is 0 with probability {@code rate}, else divided by 1 - rate; in evaluation it stays. */
    record Dropout(double rate) implements LayerSpec {
        public Dropout {
            require(rate >= 0 && rate < 1, "rate must be at least 0 and less than 1, not " + rate);
        }

        @Override
        public Shape output(Shape input) {
            return input;
        }
    }

    /**
     * y = body(x) + shortcut(x).
     *
     * @param body its layers, named within the block
     * @param shortcut a projection, named within the block; empty: x itself
     */
    record Residual(List<NamedLayer> body, List<NamedLayer> shortcut) implements LayerSpec {
        public Residual {
            body = List.copyOf(body);
            shortcut = List.copyOf(shortcut);
            require(computes(body), "the body of a residual block needs a layer that computes something");
            require(
                    shortcut.isEmpty() || computes(shortcut),
                    "the shortcut of a residual block needs a layer that computes something, or none at all");
            List<NamedLayer> all = new ArrayList<>(body);
            all.addAll(shortcut);
            NamedLayer.requireDistinct(all);
        }

        private static boolean computes(List<NamedLayer> layers) {
            return layers.stream()
                    .anyMatch(named -> !(named.layer() instanceof Flatten || named.layer() instanceof Dropout));
        }

        /** Layers named {@code body.0}, {@code body.1}, ..., {@code shortcut.0}, ... */
        public static Residual of(List<LayerSpec> body, List<LayerSpec> shortcut) {
            return new Residual(numbered("body.", body), numbered("shortcut.", shortcut));
        }

        private static List<NamedLayer> numbered(String prefix, List<LayerSpec> layers) {
            return IntStream.range(0, layers.size())
                    .mapToObj(i -> new NamedLayer(prefix + i, layers.get(i)))
                    .toList();
        }

        @Override
        public Shape output(Shape input) {
            Shape through = ChainSpec.output("body", body, input);
            Shape past = shortcut.isEmpty() ? input : ChainSpec.output("shortcut", shortcut, input);
            require(
                    through.equals(past),
                    "has a body that gives " + through + " and a shortcut that gives " + past
                            + ", which cannot be added");
            return through;
        }
    }

    private static Shape pooled(Shape input, int size, int stride, int padding) {
        requirePlanes(input);
        return Shape.of(
                input.dim(0), cells(input.dim(1), size, stride, padding), cells(input.dim(2), size, stride, padding));
    }

    /** Windows along one axis: floor((extent + 2 padding - size) / stride) + 1. */
    private static long cells(long extent, int size, int stride, int padding) {
        long room = extent + 2L * padding - size;
        require(
                room >= 0,
                "has a window of " + size + ", larger than the " + (extent + 2L * padding) + " cells it slides over");
        return room / stride + 1;
    }

    private static void requirePlanes(Shape input) {
        require(input.rank() == 3, "takes [channels, height, width]");
    }

    private static void atLeast(String name, int value, int least) {
        require(value >= least, name + " must be at least " + least + ", not " + value);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}

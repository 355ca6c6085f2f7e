package dev.rectifier.model;

import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Layers one upon the other, on their way to be a {@link ChainSpec}. Counts as a PyTorch {@code nn.Sequential} counts. */
final class Stack {
    private final List<NamedLayer> layers = new ArrayList<>();
    private final String prefix;
    private int next;

    /** Layers without a name of their own are named {@code prefix} and a number. */
    Stack(String prefix) {
        this.prefix = prefix;
    }

    Stack add(String name, LayerSpec layer) {
        layers.add(new NamedLayer(name, layer));
        return this;
    }

    /** Under the next number. */
    Stack add(LayerSpec layer) {
        return add(prefix + next++, layer);
    }

    /** A convolution of 3 x 3 that keeps the plane, its normalisation if wanted, and a ReLU. */
    Stack convolve(int channels, boolean batchNorm) {
        add(new Conv(channels, 3, 1, 1, true));
        if (batchNorm) {
            add(new BatchNorm());
        }
        return add(new Relu());
    }

    /** Halves the plane by maxima. */
    Stack halve() {
        return add(new MaxPool(2));
    }

    List<NamedLayer> layers() {
        return List.copyOf(layers);
    }

    ChainSpec on(Shape input) {
        return new ChainSpec(input, layers);
    }
}

package dev.rectifier.model;

import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.GlobalAvgPool;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.model.LayerSpec.Residual;
import dev.rectifier.tensor.Shape;
import java.util.List;

/**
 * The networks of Nakkiran and others, Deep double descent (2020), whose width k is what is swept. Names are those of the code that
 * goes with the paper.
 */
public final class DoubleDescentNets {
    private static final int STAGES = 4;
    private static final int BLOCKS = 2;

    private DoubleDescentNets() {}

    /**
     * The five-layer CNN, a plain sequence: convolutions of 3 x 3 with k, 2k, 4k, 8k channels, each with BatchNorm and ReLU, maxima
     * of 2, 2 and 8 after the second, third and fourth, and a dense layer. With k = 64 and 10 outputs 1,558,026 parameters.
     *
     * @param input [channels, 32, 32]
     */
    public static ChainSpec fiveLayerCnn(int k, Shape input, int outputs) {
        return new Stack("")
                .convolve(k, true)
                .convolve(2 * k, true)
                .halve()
                .convolve(4 * k, true)
                .halve()
                .convolve(8 * k, true)
                .halve()
                .add(new MaxPool(4))
                .add(new Flatten())
                .add(new Dense(outputs))
                .on(input);
    }

    /**
     * ResNet-18 of width k with normalisation before each convolution: four stages of two blocks with k, 2k, 4k, 8k channels, no
     * normalisation behind the last, the mean of each plane and a dense layer. With k = 64 and 10 outputs 11,171,146
     * parameters.
     *
     * @param input [channels, height, width], 32 x 32 in the paper
     */
    public static ChainSpec resNet18(int k, Shape input, int outputs) {
        Stack stack = new Stack("").add("conv1", new Conv(k, 3, 1, 1, false));
        for (int stage = 0; stage < STAGES; stage++) {
            for (int block = 0; block < BLOCKS; block++) {
                String name = "layer" + (stage + 1) + "." + block;
                if (stage > 0 && block == 0) {
                    project(stack, name, k << stage);
                } else {
                    stack.add(name, new Residual(kept(k << stage), List.of()));
                }
            }
        }
        return stack.add("pool", new GlobalAvgPool())
                .add("flatten", new Flatten())
                .add("linear", new Dense(outputs))
                .on(input);
    }

    /** A block that halves the plane: body and shortcut both begin at the input once it is normalised and rectified. */
    private static void project(Stack stack, String name, int channels) {
        stack.add(name + ".bn1", new BatchNorm())
                .add(name + ".relu1", new Relu())
                .add(
                        name,
                        new Residual(
                                behind(new Conv(channels, 3, 2, 1, false), channels),
                                List.of(new NamedLayer("shortcut.0", new Conv(channels, 1, 2, 0, false)))));
    }

    private static List<NamedLayer> kept(int channels) {
        Stack body = new Stack("").add("bn1", new BatchNorm()).add("relu1", new Relu());
        behind(new Conv(channels, 3, 1, 1, false), channels).forEach(layer -> body.add(layer.name(), layer.layer()));
        return body.layers();
    }

    private static List<NamedLayer> behind(Conv first, int channels) {
        return new Stack("")
                .add("conv1", first)
                .add("bn2", new BatchNorm())
                .add("relu2", new Relu())
                .add("conv2", new Conv(channels, 3, 1, 1, false))
                .layers();
    }
}

package dev.rectifier.model;

import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.tensor.Shape;
import java.util.List;

/**
 * Convolutional networks without normalisation: tensors are named {@code features.N} and {@code classifier} as in
 * torchvision.
 */
public final class PlainConvNets {
    private static final int COLOURS = 3;

    private PlainConvNets() {}

    /** Three planes of {@code side} x {@code side}. */
    public static Shape colours(int side) {
        return Shape.of(COLOURS, side, side);
    }

    /**
     * Conv-2, Conv-4 or Conv-6: pairs of convolutions 3 x 3 and a maximum of 2 x 2, then dense layers of 4 width, 4 width and
     * {@code outputs} units ({@code classifier.0}, {@code .2}, {@code .4}). On CIFAR-10 with width 64 they have 4,301,642,
     * 2,425,930 and 2,262,602 parameters.
     *
     * <p>Source: Frankle and Carbin, The lottery ticket hypothesis (2019), figure 2; its 1.7 million for Conv-6 do not
     * follow from the layers it lists.
     *
     * @param convolutions 2, 4 or 6
     * @param width channels of the first pair, 64 in the paper; doubled from pair to pair
     */
    public static ChainSpec ticket(int convolutions, int width, Shape input, int outputs) {
        if (convolutions != 2 && convolutions != 4 && convolutions != 6) {
            throw new IllegalArgumentException(
                    "The lottery-ticket networks have 2, 4 or 6 convolutions, not " + convolutions + ".");
        }
        Stack features = new Stack("features.");
        for (int pair = 0; pair < convolutions / 2; pair++) {
            features.convolve(width << pair, false)
                    .convolve(width << pair, false)
                    .halve();
        }
        Stack head = new Stack("classifier.")
                .add(new Dense(4 * width))
                .add(new Relu())
                .add(new Dense(4 * width))
                .add(new Relu())
                .add(new Dense(outputs));
        features.add("flatten", new Flatten());
        head.layers().forEach(layer -> features.add(layer.name(), layer.layer()));
        return features.on(input);
    }

    /**
     * AlexNet for planes of 32 x 32: five convolutions, maxima of 2 x 2 and one dense layer. With width 64 and 10 outputs 2,472,266 parameters.
     *
     * <p>Source: Krizhevsky, Sutskever and Hinton (2012); the variant for CIFAR that public code trains.
     *
     * @param width channels of the first convolution, 64; the others have 3, 6, 4 and 4 times as many
     */
    public static ChainSpec alexNet(int width, int outputs) {
        return new Stack("features.")
                .add(new Conv(width, 11, 4, 5, true))
                .add(new Relu())
                .add(new MaxPool(2))
                .add(new Conv(3 * width, 5, 1, 2, true))
                .add(new Relu())
                .add(new MaxPool(2))
                .convolve(6 * width, false)
                .convolve(4 * width, false)
                .convolve(4 * width, false)
                .halve()
                .add("flatten", new Flatten())
                .add("classifier", new Dense(outputs))
                .on(colours(32));
    }

    /**
     * Convolutions of 3 x 3, each followed by a maximum of 2 x 2, and one dense layer.
     *
     * @param channels of the convolutions, three of them for the usual small network
     */
    public static ChainSpec pooled(List<Integer> channels, Shape input, int outputs) {
        Stack stack = new Stack("features.");
        channels.forEach(c -> stack.convolve(c, false).halve());
        return stack.add("flatten", new Flatten())
                .add("classifier", new Dense(outputs))
                .on(input);
    }
}

package dev.rectifier.model;

import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.tensor.Shape;

/**
 * The networks of LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition (1998), with ReLU and
 * maxima as everybody trains them today. Tensors are named {@code conv1}, {@code conv2}, {@code fc1}, ...
 */
public final class LeNets {
    /** One plane of 28 x 28, as in MNIST. */
    public static final Shape DIGITS = Shape.of(1, 28, 28);

    private static final int CLASSES = 10;

    private LeNets() {}

    /** LeNet-300-100 on MNIST: 266,610 parameters. */
    public static ChainSpec threeHundredOneHundred() {
        return dense(DIGITS, 300, 100, CLASSES);
    }

    /** Two hidden layers of those widths: {@code fc1}, {@code fc2}, {@code fc3}. */
    public static ChainSpec dense(Shape input, int first, int second, int outputs) {
        return new Stack("")
                .add("flatten", new Flatten())
                .add("fc1", new Dense(first))
                .add("relu1", new Relu())
                .add("fc2", new Dense(second))
                .add("relu2", new Relu())
                .add("fc3", new Dense(outputs))
                .on(input);
    }

    /**
     * Widths of a LeNet-5.
     *
     * @param conv1 channels of the first convolution, 5 x 5
     * @param conv2 channels of the second, 5 x 5
     * @param fc1 units of the first dense layer
     * @param fc2 units of the second; 0: there is none
     */
    public record Widths(int conv1, int conv2, int fc1, int fc2) {
        /** Of the paper: 61,706 parameters on MNIST with a margin of 2. */
        public static final Widths PAPER = new Widths(6, 16, 120, 84);

        /** Of Caffe's example, which many papers mean: 431,080 parameters on MNIST with no margin. */
        public static final Widths CAFFE = new Widths(20, 50, 500, 0);
    }

    /** LeNet-5 on MNIST with the widths of the paper, whose digits have a margin of 2. */
    public static ChainSpec five() {
        return five(DIGITS, Widths.PAPER, 2, CLASSES);
    }

    /**
     * LeNet-5.
     *
     * @param margin zeros around the input, as padding of the first convolution
     */
    public static ChainSpec five(Shape input, Widths widths, int margin, int outputs) {
        Stack stack = new Stack("")
                .add("conv1", new Conv(widths.conv1, 5, 1, margin, true))
                .add("relu1", new Relu())
                .add("pool1", new MaxPool(2))
                .add("conv2", new Conv(widths.conv2, 5, 1, 0, true))
                .add("relu2", new Relu())
                .add("pool2", new MaxPool(2))
                .add("flatten", new Flatten())
                .add("fc1", new Dense(widths.fc1))
                .add("relu3", new Relu());
        if (widths.fc2 > 0) {
            stack.add("fc2", new Dense(widths.fc2)).add("relu4", new Relu());
        }
        return stack.add(widths.fc2 > 0 ? "fc3" : "fc2", new Dense(outputs)).on(input);
    }
}

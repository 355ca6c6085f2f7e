package dev.rectifier.model;

import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Dropout;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.tensor.Shape;
import java.util.List;

/**
 * VGG: convolutions of 3 x 3 with ReLU and a maximum of 2 x 2 after each resolution, five of them; for small planes with one dense
 * layer {@code classifier}, for photographs with the paper's three. The convolutions are torchvision's, by name
 * ({@code features.0.weight}, {@code features.1.running_mean}, ...) and by shape.
 *
 * <p>Source: Simonyan and Zisserman (2015), table 1, columns A, B, D and E; Ioffe and Szegedy (2015) for the normalisation.
 */
public final class Vggs {
    private static final List<Integer> WIDENING = List.of(1, 2, 4, 8, 8);

    private static final int HALVED = 32;
    private static final int POOLED = 7;
    private static final double DROPPED = 0.5;

    private Vggs() {}

    /**
     * With BatchNorm between convolution and ReLU.
     *
     * @param depth 11, 13, 16 or 19
     * @param width channels of the first resolution, 64 in the paper; the others have 2, 4, 8 and 8 times as many
     * @param input [channels, height, width], at least 32 x 32
     */
    public static ChainSpec withBatchNorm(int depth, int width, Shape input, int outputs) {
        return of(depth, width, true, input, outputs);
    }

    /** Without it; arguments as in {@link #withBatchNorm}. */
    public static ChainSpec plain(int depth, int width, Shape input, int outputs) {
        return of(depth, width, false, input, outputs);
    }

    /**
     * torchvision's {@code vgg11_bn} to {@code vgg19_bn}, or those without BatchNorm, whole: a {@code state_dict} of theirs has
     * these names and shapes. With 1000 outputs 132,868,840 parameters for VGG-11-BN.
     *
     * @param depth as in {@link #withBatchNorm}
     * @param input [3, height, width] with planes of 224 to 255 pixels, which come to 7 x 7 after five maxima. torchvision brings
     *     others there by an adaptive mean, which is nothing to these
     */
    public static ChainSpec torchvision(int depth, boolean batchNorm, Shape input, int outputs) {
        return whole(depth, batchNorm, new Widths(64, 4096), input, outputs);
    }

    /**
     * Units of a whole VGG.
     *
     * @param channels of the first resolution
     * @param hidden of the two dense layers in between
     */
    record Widths(int channels, int hidden) {}

    /** The same at any width. */
    static ChainSpec whole(int depth, boolean batchNorm, Widths widths, Shape input, int outputs) {
        if (input.rank() != 3 || input.dim(1) / HALVED != POOLED || input.dim(2) / HALVED != POOLED) {
            throw new IllegalArgumentException("A whole VGG takes [channels, height, width] of 224 to 255 pixels, not "
                    + input + ": with other planes its mean over 7 x 7 regions would count. For small planes there are"
                    + " Vggs.withBatchNorm and Vggs.plain.");
        }
        return features(depth, widths.channels(), batchNorm)
                .add("flatten", new Flatten())
                .add("classifier.0", new Dense(widths.hidden()))
                .add("classifier.1", new Relu())
                .add("classifier.2", new Dropout(DROPPED))
                .add("classifier.3", new Dense(widths.hidden()))
                .add("classifier.4", new Relu())
                .add("classifier.5", new Dropout(DROPPED))
                .add("classifier.6", new Dense(outputs))
                .on(input);
    }

    private static ChainSpec of(int depth, int width, boolean batchNorm, Shape input, int outputs) {
        return features(depth, width, batchNorm)
                .add("flatten", new Flatten())
                .add("classifier", new Dense(outputs))
                .on(input);
    }

    private static Stack features(int depth, int width, boolean batchNorm) {
        Stack stack = new Stack("features.");
        List<Integer> counts = convolutions(depth);
        for (int block = 0; block < counts.size(); block++) {
            for (int i = 0; i < counts.get(block); i++) {
                stack.convolve(width * WIDENING.get(block), batchNorm);
            }
            stack.halve();
        }
        return stack;
    }

    /** Convolutions of each resolution. */
    private static List<Integer> convolutions(int depth) {
        return switch (depth) {
            case 11 -> List.of(1, 1, 2, 2, 2);
            case 13 -> List.of(2, 2, 2, 2, 2);
            case 16 -> List.of(2, 2, 3, 3, 3);
            case 19 -> List.of(2, 2, 4, 4, 4);
            default -> throw new IllegalArgumentException("VGG has 11, 13, 16 or 19 layers, not " + depth + ".");
        };
    }
}

package dev.rectifier.model;

import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.tensor.Shape;
import java.util.List;

/**
 * VGG for small planes: convolutions of 3 x 3 with ReLU, a maximum of 2 x 2 after each resolution, five of them, and one dense
 * layer {@code classifier}. The convolutions are torchvision's, by name ({@code features.0.weight},
 * {@code features.1.running_mean}, ...) and by shape.
 *
 * <p>Source: Simonyan and Zisserman (2015), table 1, columns A, B, D and E; Ioffe and Szegedy (2015) for the normalisation.
 */
public final class Vggs {
    private static final List<Integer> WIDENING = List.of(1, 2, 4, 8, 8);

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

    private static ChainSpec of(int depth, int width, boolean batchNorm, Shape input, int outputs) {
        Stack stack = new Stack("features.");
        List<Integer> counts = convolutions(depth);
        for (int block = 0; block < counts.size(); block++) {
            for (int i = 0; i < counts.get(block); i++) {
                stack.convolve(width * WIDENING.get(block), batchNorm);
            }
            stack.halve();
        }
        return stack.add("flatten", new Flatten())
                .add("classifier", new Dense(outputs))
                .on(input);
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

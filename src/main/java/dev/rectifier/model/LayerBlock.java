package dev.rectifier.model;

import dev.rectifier.model.ParameterLayout.Kind;
import dev.rectifier.tensor.Shape;

/**
 * One layer of one replica while it is being drawn, in fp64, zero at first.
 *
 * @param fanIn inputs of each unit: of a convolution channels times kernel cells
 * @param fanOut units
 * @param cells of the kernel; 1 for a dense layer
 * @param weight [fanOut, fanIn], row-major
 * @param bias [fanOut]; drawn, then dropped, where the network has none
 */
@SuppressWarnings("ArrayRecordComponent") // a working block, never compared
record LayerBlock(int fanIn, int fanOut, int cells, double[] weight, double[] bias) {
    static LayerBlock zeros(int fanIn, int fanOut) {
        return zeros(fanIn, fanOut, 1);
    }

    static LayerBlock zeros(int fanIn, int fanOut, int cells) {
        return new LayerBlock(fanIn, fanOut, cells, new double[Math.multiplyExact(fanIn, fanOut)], new double[fanOut]);
    }

    /** For a weight [units, ...]. */
    static LayerBlock of(Shape weight) {
        int units = Math.toIntExact(weight.dim(0));
        int fanIn = Math.toIntExact(weight.tail().size());
        return zeros(fanIn, units, Math.toIntExact(weight.tail().tail().size()));
    }

    /** What a slot of that kind starts with. */
    double[] part(Kind kind) {
        return switch (kind) {
            case WEIGHT -> weight;
            case BIAS -> bias;
            case LENGTH -> lengths();
            default -> throw new IllegalArgumentException("Nothing is drawn for a " + kind + ".");
        };
    }

    private double[] lengths() {
        double[] lengths = new double[fanOut];
        for (int row = 0; row < fanOut; row++) {
            double sum = 0;
            for (int i = row * fanIn; i < (row + 1) * fanIn; i++) {
                sum += weight[i] * weight[i];
            }
            lengths[row] = Math.sqrt(sum);
        }
        return lengths;
    }

    /** Outputs that one input reaches: units times kernel cells, as PyTorch counts. */
    double reach() {
        return (double) fanOut * cells;
    }
}

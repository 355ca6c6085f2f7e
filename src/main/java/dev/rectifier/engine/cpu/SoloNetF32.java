package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentNet;
import java.util.Optional;

/** The forward pass of one network whose numbers stay with a thread: {@link NetLanesF32} for a single replica. */
final class SoloNetF32 {
    private final LayerRows net;
    private final float[] w;
    private final OperandF32[] levels;
    private final OperandF32[] weights;
    private final SoloProductF32[] products;

    /** @param w weights [P] */
    SoloNetF32(ResidentNet shape, int examples, float[] w, OperandF32 input) {
        this.w = w;
        net = LayerRows.of(shape);
        levels = new OperandF32[net.layers() + 1];
        weights = OperandF32.matrices(net, w);
        products = new SoloProductF32[net.layers()];
        levels[0] = input;
        for (int l = 0; l < net.layers(); l++) {
            levels[l + 1] = new OperandF32(examples * net.out()[l]);
            ProductShape product = ProductShape.forward(examples, net.in()[l], net.out()[l]);
            products[l] = new SoloProductF32(product, levels[l + 1], levels[l], weights[l], bias(l));
        }
    }

    private Optional<OperandF32> bias(int l) {
        return net.bias() ? Optional.of(new OperandF32(w, net.biases()[l], net.out()[l])) : Optional.empty();
    }

    LayerRows layers() {
        return net;
    }

    /** [N width(l)]: 0 is the input, the last the output; hidden ones are rectified. */
    OperandF32 level(int l) {
        return levels[l];
    }

    OperandF32 output() {
        return levels[net.layers()];
    }

    /** The weights of layer l, [out in]. */
    OperandF32 weight(int l) {
        return weights[l];
    }

    /** Weights [P]. */
    float[] weights() {
        return w;
    }

    /** To be called when weights have changed. */
    void forget() {
        for (OperandF32 weight : weights) {
            weight.changed();
        }
    }

    void forward() {
        for (int l = 0; l < net.layers(); l++) {
            products[l].compute();
            if (net.relu() && l < net.layers() - 1) {
                LanesF32.rectify(levels[l + 1].changed(), levels[l + 1].count());
            }
        }
    }
}

package dev.rectifier.engine.cpu;

import java.util.Optional;

/** The backward pass of one network whose numbers stay with a thread: {@link GradientLanesF32} for a single replica. */
final class SoloGradientF32 {
    private final LayerRows net;
    private final int examples;
    private final SoloNetF32 tape;
    private final float[] g;
    private final OperandF32[] slopes;
    private final OperandF32[] signals;
    private final SoloProductF32[] toWeights;
    private final SoloProductF32[] downwards;

    SoloGradientF32(int examples, SoloNetF32 tape) {
        this.examples = examples;
        this.tape = tape;
        net = tape.layers();
        g = new float[tape.weights().length];
        slopes = OperandF32.matrices(net, g);
        signals = new OperandF32[net.layers()];
        toWeights = new SoloProductF32[net.layers()];
        downwards = new SoloProductF32[net.layers()];
        for (int l = 0; l < net.layers(); l++) {
            plan(l, net.in()[l], net.out()[l]);
        }
    }

    private void plan(int l, int in, int out) {
        signals[l] = new OperandF32(examples * out);
        ProductShape shape = ProductShape.weightGradient(examples, in, out);
        toWeights[l] = new SoloProductF32(shape, slopes[l], signals[l], tape.level(l), Optional.empty());
        if (l > 0) {
            shape = ProductShape.inputGradient(examples, in, out);
            downwards[l] = new SoloProductF32(shape, signals[l - 1], signals[l], tape.weight(l), Optional.empty());
        }
    }

    /** [P], valid after a backward pass. */
    float[] gradient() {
        return g;
    }

    /** [N K]: d loss / d output, to be filled before a backward pass. */
    OperandF32 outputSignal() {
        return signals[net.layers() - 1];
    }

    /**
     * Leaves the gradient of all parameters in {@link #gradient()}.
     *
     * @param watched whether a signal that is not finite is stopped by a unit at rest, as the single operation does it; else
     *     it may go on as NaN, and nothing else differs
     */
    void backward(boolean watched) {
        for (int l = net.layers() - 1; l >= 0; l--) {
            toWeights[l].compute();
            slopes[l].array();
            if (net.bias()) {
                DenseF32.sumRows(g, net.biases()[l], signals[l].array(), 0, examples, net.out()[l]);
            }
            if (l > 0) {
                signalBelow(l, watched);
            }
        }
    }

    private void signalBelow(int l, boolean watched) {
        downwards[l].compute();
        if (!net.relu()) {
            return;
        }
        OperandF32 below = signals[l - 1];
        if (watched) {
            LanesF32.gate(below.changed(), tape.level(l).array(), below.count());
        } else {
            LanesF32.gateFinite(below.changed(), tape.level(l).array(), below.count());
        }
    }
}

package dev.rectifier.engine;

import java.util.List;

/**
 * A multilayer perceptron with flat parameters 0.weight [out, in], 0.bias [out], 1.weight, ...
 *
 * @param widths D, the hidden widths, K
 * @param bias whether every layer has a bias
 * @param relu whether hidden layers are rectified; else the network is linear
 */
public record ResidentNet(List<Integer> widths, boolean bias, boolean relu) {
    public ResidentNet {
        widths = List.copyOf(widths);
        if (widths.size() < 2) {
            throw new IllegalArgumentException(
                    "A network has at least an input and an output width, not " + widths + ".");
        }
    }

    /** Affine maps. */
    public int layers() {
        return widths.size() - 1;
    }

    /** Width below layer {@code l}: D for the first. */
    public int in(int l) {
        return widths.get(l);
    }

    /** Width above layer {@code l}: K for the last. */
    public int out(int l) {
        return widths.get(l + 1);
    }

    /** Whether it is V relu(W x): one hidden layer, rectified, without biases. */
    public boolean isRectifiedPair() {
        return layers() == 2 && relu && !bias;
    }

    /** D. */
    public int inputs() {
        return in(0);
    }

    /** K. */
    public int outputs() {
        return out(layers() - 1);
    }

    /** Place of layer {@code l}'s weight within the P parameters. */
    public long weightAt(int l) {
        long at = 0;
        for (int below = 0; below < l; below++) {
            at += (long) out(below) * in(below) + (bias ? out(below) : 0);
        }
        return at;
    }

    /** Place of layer {@code l}'s bias, where there is one. */
    public long biasAt(int l) {
        return weightAt(l) + (long) out(l) * in(l);
    }

    /** P. */
    public long parameters() {
        return weightAt(layers());
    }
}

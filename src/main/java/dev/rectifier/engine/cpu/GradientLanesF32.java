package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** The backward pass of a pack, lane by lane in the order of the single operations, all units of a layer in one pass. */
final class GradientLanesF32 {
    private final NetLanesF32 tape;
    private final LaneLayout layout;
    private final LayerRows net;
    private final int examples;
    private final float[][] w;
    private final float[][] g;
    private final float[][][] signals;
    private final SpreadF32[] spread; // signals, each for all inputs of its layer
    private final float[][][] crossed; // weights of the layers above the first, a row [in] of lanes per unit

    GradientLanesF32(NetLanesF32 tape, int examples, int capacity) {
        this.tape = tape;
        this.examples = examples;
        layout = tape.layout();
        net = layout.net();
        w = tape.weights();
        g = LanesF32.padded(layout, capacity);
        signals = new float[net.layers()][][];
        spread = new SpreadF32[net.layers()];
        crossed = new float[net.layers()][][];
        for (int l = 0; l < net.layers(); l++) {
            int in = l == 0 ? 0 : net.in()[l]; // no signal goes down to the input
            int out = net.out()[l];
            signals[l] = LanesF32.padded(examples, out * capacity);
            spread[l] = new SpreadF32(1, out, in, capacity);
            crossed[l] = LanesF32.padded(out, in * capacity);
        }
    }

    /** Rows of the layout, of the last full backward pass. */
    float[][] gradient() {
        return g;
    }

    /** A row [K] of lanes per example: d loss / d output, to be filled before a backward pass. */
    float[][] outputSignal() {
        return signals[net.layers() - 1];
    }

    /**
     * Leaves the gradient of all parameters in {@link #gradient()}.
     *
     * @param watched whether a signal that is not finite is stopped by a unit at rest, as the single operation does it; else
     *     it may go on as NaN, and nothing else differs
     */
    void backward(int lanes, boolean watched) {
        for (int l = net.layers() - 1; l >= 0; l--) {
            weightGradient(l, lanes);
            if (net.bias()) {
                biasGradient(l, lanes);
            }
            if (l > 0) {
                signalBelow(l, lanes, watched);
            }
        }
    }

    /**
     * An unwatched backward pass for one example that takes the step of plain gradient descent on the way and writes no gradient. The
     * signal goes down before its layer moves.
     *
     * @param rate minus the learning rate, per lane of every unit
     */
    void descend(float[] rate, int lanes) {
        for (int l = net.layers() - 1; l >= 0; l--) {
            if (l > 0) {
                signalBelow(l, lanes, false);
            }
            float[] dz = signals[l][0];
            float[][] x = tape.inputs(l, 0, 1, lanes);
            int in = net.in()[l];
            int row = layout.first()[l];
            int length = net.out()[l] * lanes;
            int d = 0;
            for (; d < in - 1; d += 2) {
                LanesF32.descendTwoProducts(w[row + d], w[row + d + 1], rate, dz, x[d], x[d + 1], length);
            }
            if (d < in) {
                LanesF32.descendProduct(w[row + d], rate, dz, x[d], length);
            }
            if (net.bias()) {
                LanesF32.descendSum(w[layout.biases(l)], rate, dz, length);
            }
        }
    }

    /** dw[k,d] = sum_n dz[n,k] x[n,d]. */
    private void weightGradient(int l, int lanes) {
        int in = net.in()[l];
        int length = net.out()[l] * lanes;
        for (int n = 0; n < examples; n += NetLanesF32.SIDE_BY_SIDE) {
            int terms = Math.min(NetLanesF32.SIDE_BY_SIDE, examples - n);
            RowsF32 signal = new RowsF32(signals[l], n, 1);
            float[][] x = tape.inputs(l, n, terms, lanes);
            for (int d = 0; d < in; d++) {
                float[] row = g[layout.first()[l] + d];
                if (n == 0) {
                    NetLanesF32.sumProducts(row, signal, new RowsF32(x, d, in), terms, length);
                } else {
                    NetLanesF32.addProducts(row, signal, new RowsF32(x, d, in), 0, terms, length);
                }
            }
        }
    }

    /** db[k] = sum_n dz[n,k]. */
    private void biasGradient(int l, int lanes) {
        float[] row = g[layout.biases(l)];
        int length = net.out()[l] * lanes;
        Arrays.fill(row, 0, length, 0);
        for (int n = 0; n < examples; n++) {
            LanesF32.add(row, signals[l][n], length);
        }
    }

    /** From d loss / d z of layer l to that of layer l - 1: sum_k dz[n,k] w[k,d], where the unit below was active. */
    private void signalBelow(int l, int lanes, boolean watched) {
        int out = net.out()[l];
        int length = net.in()[l] * lanes;
        cross(l, lanes);
        for (int n = 0; n < examples; n++) {
            float[] below = signals[l - 1][n];
            float[] y = tape.level(l)[n];
            spread[l].spread(0, signals[l][n], lanes);
            if (out == 1 && net.relu() && !watched) {
                LanesF32.multiplyGated(below, spread[l].rows()[0], crossed[l][0], y, length);
                continue;
            }
            RowsF32 signal = new RowsF32(spread[l].rows(), 0, 1);
            NetLanesF32.sumProducts(below, signal, new RowsF32(crossed[l], 0, 1), out, length);
            if (net.relu() && watched) {
                LanesF32.gate(below, y, length);
            } else if (net.relu()) {
                LanesF32.gateFinite(below, y, length);
            }
        }
    }

    private void cross(int l, int lanes) {
        for (int k = 0; k < net.out()[l]; k++) {
            for (int d = 0; d < net.in()[l]; d++) {
                System.arraycopy(w[layout.first()[l] + d], k * lanes, crossed[l][k], d * lanes, lanes);
            }
        }
    }
}

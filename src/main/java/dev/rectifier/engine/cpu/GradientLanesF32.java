package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentNet;
import java.util.Arrays;

/** The backward pass of a pack, lane by lane in the order of the single operations. */
final class GradientLanesF32 {
    private final LayerRows net;
    private final int examples;
    private final float[][] w;
    private final float[][] g;
    private final float[][][] signals;
    private final NetLanesF32 tape;

    GradientLanesF32(ResidentNet net, int examples, float[][] w, NetLanesF32 tape) {
        this.net = LayerRows.of(net);
        this.examples = examples;
        this.w = w;
        this.tape = tape;
        int capacity = w[0].length;
        g = LanesF32.rows(w.length, capacity);
        signals = new float[net.layers()][][];
        for (int l = 0; l < net.layers(); l++) {
            signals[l] = LanesF32.rows(examples * net.out(l), capacity);
        }
    }

    /** Rows [P] of the last full backward pass. */
    float[][] gradient() {
        return g;
    }

    /** Rows [N K]: d loss / d output, to be filled before a backward pass. */
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
     * @param rate minus the learning rate, per lane
     */
    void descend(float[] rate, int lanes) {
        for (int l = net.layers() - 1; l >= 0; l--) {
            if (l > 0) {
                signalBelow(l, lanes, false);
            }
            float[][] x = tape.level(l);
            int in = net.in()[l];
            for (int k = 0; k < net.out()[l]; k++) {
                float[] dz = signals[l][k];
                int row = net.weight()[l] + k * in;
                int d = 0;
                for (; d < in - 1; d += 2) {
                    LanesF32.descendTwoProducts(w[row + d], w[row + d + 1], rate, dz, x[d], x[d + 1], lanes);
                }
                if (d < in) {
                    LanesF32.descendProduct(w[row + d], rate, dz, x[d], lanes);
                }
                if (net.bias()) {
                    LanesF32.descendSum(w[net.biases()[l] + k], rate, dz, lanes);
                }
            }
        }
    }

    /** dw[k,d] = sum_n dz[n,k] x[n,d]. */
    private void weightGradient(int l, int lanes) {
        int in = net.in()[l];
        int out = net.out()[l];
        int at = net.weight()[l];
        for (int k = 0; k < out; k++) {
            for (int d = 0; d < in; d++) {
                float[] row = g[at + k * in + d];
                RowsF32 signal = new RowsF32(signals[l], k, out);
                RowsF32 x = new RowsF32(tape.level(l), d, in);
                NetLanesF32.sumProducts(row, signal, x, examples, lanes);
            }
        }
    }

    /** db[k] = sum_n dz[n,k]. */
    private void biasGradient(int l, int lanes) {
        int out = net.out()[l];
        for (int k = 0; k < out; k++) {
            float[] row = g[net.biases()[l] + k];
            Arrays.fill(row, 0, lanes, 0);
            for (int n = 0; n < examples; n++) {
                LanesF32.add(row, signals[l][n * out + k], lanes);
            }
        }
    }

    /** From d loss / d z of layer l to that of layer l - 1: sum_k dz[n,k] w[k,d], where the unit below was active. */
    private void signalBelow(int l, int lanes, boolean watched) {
        int in = net.in()[l];
        int out = net.out()[l];
        int at = net.weight()[l];
        for (int n = 0; n < examples; n++) {
            for (int d = 0; d < in; d++) {
                float[] below = signals[l - 1][n * in + d];
                if (out == 1 && net.relu() && !watched) {
                    LanesF32.multiplyGated(below, signals[l][n], w[at + d], tape.level(l)[n * in + d], lanes);
                    continue;
                }
                RowsF32 signal = new RowsF32(signals[l], n * out, 1);
                NetLanesF32.sumProducts(below, signal, new RowsF32(w, at + d, in), out, lanes);
                if (net.relu() && watched) {
                    LanesF32.gate(below, tape.level(l)[n * in + d], lanes);
                } else if (net.relu()) {
                    LanesF32.gateFinite(below, tape.level(l)[n * in + d], lanes);
                }
            }
        }
    }
}

package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.StreamedOps;
import java.util.Arrays;

/**
 * Rows of 32 lanes, lane = hidden unit: D rows of weights, one of biases (where there are biases), K of weights above, and,
 * for group 0, K with the output biases in lane 0.
 */
final class StreamedLanesF32 {
    private static final int LANES = StreamedOps.GROUP;

    private final ResidentNet net;
    private final int examples;
    private final float[][] weights;
    private final float[][] memory;
    private final float[][] slopes;
    private final float[][] z;
    private final float[][] s;
    private final float[] sum = new float[LANES];
    private final int bias;
    private final int above;
    private final int top;
    private int filled;

    private StreamedLanesF32(ResidentNet net, int examples) {
        this.net = net;
        this.examples = examples;
        bias = net.inputs();
        above = bias + (net.bias() ? 1 : 0);
        top = above + net.outputs();
        int rows = top + (net.bias() ? net.outputs() : 0);
        weights = LanesF32.rows(rows, LANES);
        memory = LanesF32.rows(rows, LANES);
        slopes = LanesF32.rows(rows, LANES);
        z = LanesF32.rows(examples, LANES);
        s = LanesF32.rows(examples, LANES);
    }

    /** The worker's, for networks and batches of this size. */
    static StreamedLanesF32 of(Scratch scratch, ResidentNet net, int examples) {
        if (scratch.held(0) instanceof StreamedLanesF32 held && held.examples == examples && held.net.equals(net)) {
            return held;
        }
        StreamedLanesF32 fresh = new StreamedLanesF32(net, examples);
        scratch.hold(0, fresh);
        return fresh;
    }

    float[][] weights() {
        return weights;
    }

    float[][] memory() {
        return memory;
    }

    /** Gradients, once {@link #gradients} has run. */
    float[][] slopes() {
        return slopes;
    }

    /** Fills rows from a replica's block at {@code at}: units {@code unit .. unit + count - 1}. */
    void load(float[] from, int at, float[][] rows, int unit, int count) {
        int width = net.out(0);
        int inputs = net.inputs();
        filled = count;
        for (int l = 0; l < count; l++) {
            for (int d = 0; d < inputs; d++) {
                rows[d][l] = from[at + (unit + l) * inputs + d];
            }
        }
        if (net.bias()) {
            System.arraycopy(from, at + (int) net.biasAt(0) + unit, rows[bias], 0, count);
            for (int k = 0; k < net.outputs(); k++) {
                rows[top + k][0] = unit == 0 ? from[at + (int) net.biasAt(1) + k] : 0;
            }
        }
        for (int k = 0; k < net.outputs(); k++) {
            System.arraycopy(from, at + (int) net.weightAt(1) + k * width + unit, rows[above + k], 0, count);
        }
        for (int p = 0; p < top && count < LANES; p++) {
            Arrays.fill(rows[p], count, LANES, 0);
        }
    }

    /** The way back. */
    void store(float[] to, int at, float[][] rows, int unit, int count) {
        int width = net.out(0);
        int inputs = net.inputs();
        for (int l = 0; l < count; l++) {
            for (int d = 0; d < inputs; d++) {
                to[at + (unit + l) * inputs + d] = rows[d][l];
            }
        }
        if (net.bias()) {
            System.arraycopy(rows[bias], 0, to, at + (int) net.biasAt(0) + unit, count);
            for (int k = 0; k < net.outputs() && unit == 0; k++) {
                to[at + (int) net.biasAt(1) + k] = rows[top + k][0];
            }
        }
        for (int k = 0; k < net.outputs(); k++) {
            System.arraycopy(rows[above + k], 0, to, at + (int) net.weightAt(1) + k * width + unit, count);
        }
    }

    /** Gradients of all rows; {@code first}: of the output biases as well. */
    void gradients(float[] x, int atX, float[] e, int atE, boolean first) {
        preActivations(x, atX);
        for (int n = 0; n < examples; n++) {
            Arrays.fill(s[n], 0);
            for (int k = 0; k < net.outputs(); k++) {
                addScaled(s[n], e[atE + n * net.outputs() + k], weights[above + k]);
            }
            if (net.relu()) {
                LanesF32.gate(s[n], z[n], LANES);
            }
        }
        activate();
        for (int k = 0; k < net.outputs(); k++) {
            overExamples(slopes[above + k], z, e, atE + k, net.outputs());
        }
        for (int d = 0; d < net.inputs(); d++) {
            overExamples(slopes[d], s, x, atX + d, net.inputs());
        }
        if (net.bias()) {
            biasGradients(e, atE, first);
        }
    }

    private void biasGradients(float[] e, int atE, boolean first) {
        Arrays.fill(slopes[bias], 0);
        for (int n = 0; n < examples; n++) {
            LanesF32.add(slopes[bias], s[n], LANES);
        }
        for (int k = 0; k < net.outputs(); k++) {
            float total = 0;
            for (int n = 0; n < examples && first; n++) {
                total += e[atE + n * net.outputs() + k];
            }
            slopes[top + k][0] = total;
        }
    }

    /** out = sum_n a[n] b[n], n ascending; b every {@code step} numbers. */
    private void overExamples(float[] out, float[][] a, float[] b, int at, int step) {
        Arrays.fill(out, 0);
        for (int n = 0; n < examples; n++) {
            addScaled(out, b[at + n * step], a[n]);
        }
    }

    private static void addScaled(float[] out, float factor, float[] a) {
        for (int l = 0; l < LANES; l++) {
            out[l] = Math.fma(factor, a[l], out[l]);
        }
    }

    private void preActivations(float[] x, int at) {
        for (int n = 0; n < examples; n++) {
            if (net.bias()) {
                System.arraycopy(weights[bias], 0, z[n], 0, LANES);
            } else {
                Arrays.fill(z[n], 0);
            }
            for (int d = 0; d < net.inputs(); d++) {
                addScaled(z[n], x[at + n * net.inputs() + d], weights[d]);
            }
        }
    }

    private void activate() {
        for (int n = 0; n < examples && net.relu(); n++) {
            LanesF32.rectify(z[n], LANES);
        }
    }

    /** The group's part of the outputs of a batch: [N, K] from {@code to}. */
    void contributions(float[] x, int atX, float[] partial, int to) {
        preActivations(x, atX);
        activate();
        for (int n = 0; n < examples; n++) {
            for (int k = 0; k < net.outputs(); k++) {
                LanesF32.multiply(sum, z[n], weights[above + k], filled);
                Arrays.fill(sum, filled, LANES, 0);
                partial[to + n * net.outputs() + k] = Butterfly.lanes(sum);
            }
        }
    }

    /** Largest absolute value of all rows. */
    float largest(float[][] rows) {
        float largest = 0;
        for (float[] row : rows) {
            for (int l = 0; l < LANES; l++) {
                largest = Math.max(largest, Math.abs(row[l]));
            }
        }
        return largest;
    }

    boolean finite(float[][] rows) {
        boolean finite = true;
        for (float[] row : rows) {
            finite &= FiniteF32.all(row, 0, LANES);
        }
        return finite;
    }
}

package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentNet;
import java.util.Arrays;

/**
 * The forward pass of a pack of networks, lane by lane in the order of {@link ProductF32} and {@link TileF32}: sums start
 * from the bias (or zero) and run over the inputs in ascending order, one fused multiply-add a term.
 */
final class NetLanesF32 {
    private static final int FEWEST_TO_END_RECTIFIED = 5; // terms: fewer lose that pass at the start

    private final LayerRows net;
    private final int examples;
    private final float[][] w;
    private final float[][][] levels;

    /** @param input rows [N D]; {@code w} rows [P] */
    NetLanesF32(ResidentNet net, int examples, float[][] w, float[][] input) {
        this.net = LayerRows.of(net);
        this.examples = examples;
        this.w = w;
        levels = new float[net.layers() + 1][][];
        levels[0] = input;
        int capacity = w[0].length;
        for (int l = 0; l < net.layers(); l++) {
            levels[l + 1] = LanesF32.rows(examples * net.out(l), capacity);
        }
    }

    /** Rows [N width(l)]: 0 is the input, the last the output; hidden ones are rectified. */
    float[][] level(int l) {
        return levels[l];
    }

    /** Rows [P]. */
    float[][] weights() {
        return w;
    }

    float[][] output() {
        return levels[net.layers()];
    }

    void forward(int lanes) {
        for (int l = 0; l < net.layers(); l++) {
            boolean rectified = net.relu() && l < net.layers() - 1;
            for (int n = 0; n < examples; n++) {
                for (int k = 0; k < net.out()[l]; k++) {
                    unit(l, n, k, rectified, lanes);
                }
            }
        }
    }

    /** Unit k of layer l at example n; the ReLU comes with the last two terms where there are enough of them. */
    private void unit(int l, int n, int k, boolean rectified, int lanes) {
        int in = net.in()[l];
        float[] z = levels[l + 1][n * net.out()[l] + k];
        RowsF32 x = new RowsF32(levels[l], n * in, 1);
        RowsF32 row = new RowsF32(w, net.weight()[l] + k * in, 1);
        boolean together = rectified && in >= FEWEST_TO_END_RECTIFIED;
        int terms = together ? in - 2 : in;
        if (net.bias()) {
            startProducts(z, w[net.biases()[l] + k], x, row, terms, lanes);
        } else {
            sumProducts(z, x, row, terms, lanes);
        }
        if (together) {
            LanesF32.addTwoProductsRectified(z, x, row, terms, lanes);
        } else if (rectified) {
            LanesF32.rectify(z, lanes);
        }
    }

    /** z = sum_p a(p) b(p), a single term without a sum, as {@link ProductF32} does it. */
    static void sumProducts(float[] z, RowsF32 a, RowsF32 b, int terms, int lanes) {
        if (terms == 1) {
            LanesF32.multiply(z, a.row(0), b.row(0), lanes);
        } else if (terms == 2) {
            Arrays.fill(z, 0, lanes, 0);
            LanesF32.addTwoProducts(z, a, b, 0, lanes);
        } else {
            LanesF32.sumThreeProducts(z, a, b, lanes);
            addProducts(z, a, b, 3, terms, lanes);
        }
    }

    /** z = start + sum_p a(p) b(p). */
    private static void startProducts(float[] z, float[] start, RowsF32 a, RowsF32 b, int terms, int lanes) {
        if (terms < 3) {
            System.arraycopy(start, 0, z, 0, lanes);
            addProducts(z, a, b, 0, terms, lanes);
        } else {
            LanesF32.startThreeProducts(z, start, a, b, 0, lanes);
            addProducts(z, a, b, 3, terms, lanes);
        }
    }

    /** z += the same sum without the first {@code from} terms. */
    private static void addProducts(float[] z, RowsF32 a, RowsF32 b, int from, int terms, int lanes) {
        int p = from;
        for (; p <= terms - 3 && p != terms - 4; p += 3) {
            LanesF32.startThreeProducts(z, z, a, b, p, lanes);
        }
        for (; p <= terms - 2; p += 2) {
            LanesF32.addTwoProducts(z, a, b, p, lanes);
        }
        if (p < terms) {
            LanesF32.addProduct(z, a.row(p), b.row(p), lanes);
        }
    }
}

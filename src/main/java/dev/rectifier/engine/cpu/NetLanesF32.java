package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentNet;
import java.util.Arrays;

/**
 * The forward pass of a pack of networks, lane by lane in the order of {@link ProductF32} and {@link TileF32}: sums start
 * from the bias (or zero) and run over the inputs in ascending order, one fused multiply-add a term. All units of a layer take
 * the same input in one pass.
 */
final class NetLanesF32 {
    /** Examples whose inputs stand spread side by side: as many as a pass has terms. */
    static final int SIDE_BY_SIDE = 3;

    private static final int FEWEST_TO_END_RECTIFIED = 5; // terms: fewer lose that pass at the start

    private final LaneLayout layout;
    private final LayerRows net;
    private final int examples;
    private final float[][] w;
    private final float[][][] levels;
    private final SpreadF32[] inputs;

    /** @param input a row [D] of lanes per example; {@code w} rows of the layout */
    NetLanesF32(ResidentNet shape, int examples, int capacity, float[][] w, float[][] input) {
        layout = LaneLayout.of(shape);
        net = layout.net();
        this.examples = examples;
        this.w = w;
        levels = new float[net.layers() + 1][][];
        levels[0] = input;
        inputs = new SpreadF32[net.layers()];
        for (int l = 0; l < net.layers(); l++) {
            int out = net.out()[l];
            levels[l + 1] = LanesF32.padded(examples, out * capacity);
            inputs[l] = new SpreadF32(Math.min(examples, SIDE_BY_SIDE), net.in()[l], out, capacity);
        }
    }

    LaneLayout layout() {
        return layout;
    }

    /** A row [width(l)] of lanes per example: level 0 is the input, the last the output; hidden ones are rectified. */
    float[][] level(int l) {
        return levels[l];
    }

    /** The spread inputs of layer l for {@code count} examples from {@code n}, a multiple of {@link #SIDE_BY_SIDE}, on. */
    float[][] inputs(int l, int n, int count, int lanes) {
        if (examples > SIDE_BY_SIDE) {
            for (int i = 0; i < count; i++) {
                inputs[l].spread(i, levels[l][n + i], lanes);
            }
        }
        return inputs[l].rows();
    }

    /** Rows of the layout. */
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
                inputs[l].spread(n % SIDE_BY_SIDE, levels[l][n], lanes);
                layer(l, n, rectified, lanes * net.out()[l]);
            }
        }
    }

    /** Layer l at example n; the ReLU comes with the last two terms where there are enough of them. */
    private void layer(int l, int n, boolean rectified, int length) {
        int in = net.in()[l];
        float[] z = levels[l + 1][n];
        RowsF32 x = new RowsF32(inputs[l].rows(), n % SIDE_BY_SIDE * in, 1);
        RowsF32 row = new RowsF32(w, layout.first()[l], 1);
        boolean together = rectified && in >= FEWEST_TO_END_RECTIFIED;
        int terms = together ? in - 2 : in;
        if (net.bias()) {
            startProducts(z, w[layout.biases(l)], x, row, terms, length);
        } else {
            sumProducts(z, x, row, terms, length);
        }
        if (together) {
            LanesF32.addTwoProductsRectified(z, x, row, terms, length);
        } else if (rectified) {
            LanesF32.rectify(z, length);
        }
    }

    /** z = sum_p a(p) b(p), a single term without a sum, as {@link ProductF32} does it. */
    static void sumProducts(float[] z, RowsF32 a, RowsF32 b, int terms, int length) {
        if (terms == 1) {
            LanesF32.multiply(z, a.row(0), b.row(0), length);
        } else if (terms == 2) {
            Arrays.fill(z, 0, length, 0);
            LanesF32.addTwoProducts(z, a, b, 0, length);
        } else {
            LanesF32.sumThreeProducts(z, a, b, length);
            addProducts(z, a, b, 3, terms, length);
        }
    }

    /** z = start + sum_p a(p) b(p). */
    private static void startProducts(float[] z, float[] start, RowsF32 a, RowsF32 b, int terms, int length) {
        if (terms < 3) {
            System.arraycopy(start, 0, z, 0, length);
            addProducts(z, a, b, 0, terms, length);
        } else {
            LanesF32.startThreeProducts(z, start, a, b, 0, length);
            addProducts(z, a, b, 3, terms, length);
        }
    }

    /** z += the same sum without the first {@code from} terms. */
    static void addProducts(float[] z, RowsF32 a, RowsF32 b, int from, int terms, int length) {
        int p = from;
        for (; p <= terms - 3 && p != terms - 4; p += 3) {
            LanesF32.startThreeProducts(z, z, a, b, p, length);
        }
        for (; p <= terms - 2; p += 2) {
            LanesF32.addTwoProducts(z, a, b, p, length);
        }
        if (p < terms) {
            LanesF32.addProduct(z, a.row(p), b.row(p), length);
        }
    }
}

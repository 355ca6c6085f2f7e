package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentNet;

/** The forward pass of one network, unit by unit over a whole batch: {@link SoloNetF32} with rows per unit. */
final class ColumnNetF32 {
    private final LayerRows net;
    private final float[] w;
    private final float[][][] levels;

    /**
     * @param w weights [P]
     * @param input a row [N] per input
     */
    ColumnNetF32(ResidentNet shape, int examples, float[] w, float[][] input) {
        this.w = w;
        net = LayerRows.of(shape);
        levels = new float[net.layers() + 1][][];
        levels[0] = input;
        for (int l = 0; l < net.layers(); l++) {
            levels[l + 1] = LanesF32.rows(net.out()[l], examples);
        }
    }

    LayerRows layers() {
        return net;
    }

    /** A row [N] per unit: level 0 is the input, the last the output; hidden ones are rectified. */
    float[][] level(int l) {
        return levels[l];
    }

    float[][] output() {
        return levels[net.layers()];
    }

    /** Weights [P]. */
    float[] weights() {
        return w;
    }

    void forward() {
        for (int l = 0; l < net.layers(); l++) {
            boolean rectified = net.relu() && l < net.layers() - 1;
            for (int k = 0; k < net.out()[l]; k++) {
                float[] z = levels[l + 1][k];
                int row = net.weight()[l] + k * net.in()[l];
                if (net.bias()) {
                    UnitRowsF32.startProducts(z, w[net.biases()[l] + k], levels[l], w, row, 1);
                } else {
                    UnitRowsF32.sumProducts(z, levels[l], w, row, 1);
                }
                if (rectified) {
                    LanesF32.rectify(z, z.length);
                }
            }
        }
    }
}

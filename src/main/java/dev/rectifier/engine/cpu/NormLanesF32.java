package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentTask;
import java.util.Arrays;
import java.util.List;

/** Keeps rows of some layers, with their biases, on the unit sphere, in the arithmetic of {@link UpdateF32}. */
final class NormLanesF32 {
    private final LayerRows net;
    private final List<Integer> layers;
    private final float[][] w;
    private final double[] squares;
    private final float[] norm;

    NormLanesF32(ResidentTask task, float[][] w, int capacity) {
        net = LayerRows.of(task.student());
        layers = task.unitNormLayers();
        this.w = w;
        squares = new double[capacity];
        norm = new float[capacity];
    }

    void apply(int lanes) {
        for (int i = 0; i < layers.size(); i++) {
            int layer = layers.get(i);
            for (int k = 0; k < net.out()[layer]; k++) {
                normalize(layer, k, lanes);
            }
        }
    }

    private void normalize(int layer, int k, int lanes) {
        int from = net.weight()[layer] + k * net.in()[layer];
        int to = from + net.in()[layer];
        Arrays.fill(squares, 0, lanes, 0);
        if (net.bias()) {
            addSquares(w[net.biases()[layer] + k], lanes);
        }
        for (int p = from; p < to; p++) {
            addSquares(w[p], lanes);
        }
        // A row of zeros stays: x / 1 is x.
        for (int l = 0; l < lanes; l++) {
            norm[l] = squares[l] == 0 ? 1 : (float) Math.sqrt(squares[l]);
        }
        if (net.bias()) {
            divide(w[net.biases()[layer] + k], lanes);
        }
        for (int p = from; p < to; p++) {
            divide(w[p], lanes);
        }
    }

    private void addSquares(float[] row, int lanes) {
        for (int l = 0; l < lanes; l++) {
            squares[l] = Math.fma((double) row[l], (double) row[l], squares[l]);
        }
    }

    private void divide(float[] row, int lanes) {
        for (int l = 0; l < lanes; l++) {
            row[l] /= norm[l];
        }
    }
}

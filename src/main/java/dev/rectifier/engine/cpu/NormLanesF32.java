package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentTask;
import java.util.Arrays;
import java.util.List;

/** Keeps rows of some layers, with their biases, on the unit sphere, in the arithmetic of {@link UpdateF32}. */
final class NormLanesF32 {
    private final LaneLayout layout;
    private final LayerRows net;
    private final List<Integer> layers;
    private final float[][] w;
    private final double[] squares;
    private final float[] norm;

    NormLanesF32(ResidentTask task, LaneLayout layout, float[][] w, int capacity) {
        this.layout = layout;
        net = layout.net();
        layers = task.unitNormLayers();
        this.w = w;
        int most = layout.mostUnits() * capacity;
        squares = new double[most];
        norm = new float[most];
    }

    void apply(int lanes) {
        for (int i = 0; i < layers.size(); i++) {
            int layer = layers.get(i);
            normalize(layer, net.out()[layer] * lanes);
        }
    }

    private void normalize(int layer, int length) {
        int from = layout.first()[layer];
        int to = from + net.in()[layer];
        Arrays.fill(squares, 0, length, 0);
        if (net.bias()) {
            addSquares(w[layout.biases(layer)], length);
        }
        for (int p = from; p < to; p++) {
            addSquares(w[p], length);
        }
        // A row of zeros stays: x / 1 is x.
        for (int i = 0; i < length; i++) {
            norm[i] = squares[i] == 0 ? 1 : (float) Math.sqrt(squares[i]);
        }
        if (net.bias()) {
            divide(w[layout.biases(layer)], length);
        }
        for (int p = from; p < to; p++) {
            divide(w[p], length);
        }
    }

    private void addSquares(float[] row, int length) {
        for (int i = 0; i < length; i++) {
            squares[i] = Math.fma((double) row[i], (double) row[i], squares[i]);
        }
    }

    private void divide(float[] row, int length) {
        for (int i = 0; i < length; i++) {
            row[i] /= norm[i];
        }
    }
}

package dev.rectifier.model;

/** Which norm divides what in a row of weights w with bias b. */
public enum RowNorm {
    /** (w, b) / (|w| + 1e-5): teachers of Tian, Jiang, Gong, Morcos 2019, as in their code. */
    BY_WEIGHTS,
    /** w / |w|, b as it is: first layer of the two-layer teachers of Tian 2020. */
    WEIGHTS_ONLY,
    /** (w, b) / |(w, b)|: rows on the unit sphere, as {@code UpdateOps.normalizeRows} keeps them. */
    JOINT;

    private static final double GUARD = 1e-5;

    void apply(LayerBlock layer, int row) {
        double weights = squaredWeights(layer, row);
        double bias = layer.bias()[row];
        switch (this) {
            case BY_WEIGHTS -> divide(layer, row, Math.sqrt(weights) + GUARD, true);
            case WEIGHTS_ONLY -> divide(layer, row, Math.sqrt(weights), false);
            case JOINT -> divide(layer, row, Math.sqrt(weights + bias * bias), true);
        }
    }

    private static double squaredWeights(LayerBlock layer, int row) {
        double sum = 0;
        for (int i = row * layer.fanIn(); i < (row + 1) * layer.fanIn(); i++) {
            sum += layer.weight()[i] * layer.weight()[i];
        }
        return sum;
    }

    /** A zero row stays zero. */
    private static void divide(LayerBlock layer, int row, double norm, boolean withBias) {
        if (norm == 0) {
            return;
        }
        for (int i = row * layer.fanIn(); i < (row + 1) * layer.fanIn(); i++) {
            layer.weight()[i] /= norm;
        }
        if (withBias) {
            layer.bias()[row] /= norm;
        }
    }
}

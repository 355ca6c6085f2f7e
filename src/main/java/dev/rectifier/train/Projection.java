package dev.rectifier.train;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Keeps the rows of some layers, with their biases, on the unit sphere. */
record Projection(List<Rows> layers) {
    /** Rows of one layer; biases of zero, which stay zero, where the network has none. */
    private record Rows(View weight, View bias) {}

    static Projection of(Arena arena, List<Integer> unitNormLayers, LayerViews parameters) {
        List<Rows> rows = new ArrayList<>();
        for (int l : unitNormLayers) {
            View weight = rows(parameters.weight(l));
            View bias = parameters.hasBias(l)
                    ? parameters.bias(l)
                    : arena.openArena("biases of zero")
                            .zeros(weight.dtype(), Shape.of(weight.replicas(), weight.dim(1)))
                            .view();
            rows.add(new Rows(weight, bias));
        }
        return new Projection(List.copyOf(rows));
    }

    /** A convolution's kernels as rows: [R, out, inputs of a unit]. */
    private static View rows(View weight) {
        return weight.reshape(Shape.of(weight.dim(1), weight.blockSize() / weight.dim(1)));
    }

    void apply(UpdateOps update, Health health) {
        for (int i = 0; i < layers.size(); i++) {
            update.normalizeRows(layers.get(i).weight(), layers.get(i).bias(), health);
        }
    }
}

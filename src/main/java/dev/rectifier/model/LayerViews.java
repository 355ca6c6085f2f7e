package dev.rectifier.model;

import dev.rectifier.engine.View;
import java.util.List;

/**
 * A flat parameter vector (or its gradient) with its parts, so that a step cuts nothing. Owns nothing.
 *
 * @param flat [R, P], may be shared
 * @param weights per layer [R, out, in]
 * @param biases per layer [R, out]; empty for a network without
 */
public record LayerViews(View flat, List<View> weights, List<View> biases) {
    public LayerViews {
        weights = List.copyOf(weights);
        biases = List.copyOf(biases);
    }

    public View weight(int l) {
        return weights.get(l);
    }

    public View bias(int l) {
        return biases.get(l);
    }
}

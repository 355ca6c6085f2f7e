package dev.rectifier.model;

import dev.rectifier.engine.View;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A flat vector (parameters, their gradient, a direction, a state) with its parts, so that a step cuts nothing. Made by
 * {@link ParameterLayout#views}; owns nothing.
 */
public final class LayerViews {
    private final ParameterLayout layout;
    private final View flat;
    private final List<View> parts;
    private final int[] weights;
    private final int[] biases;

    LayerViews(ParameterLayout layout, View flat) {
        this.layout = layout;
        this.flat = flat;
        parts = layout.slots().stream().map(slot -> slot.in(flat)).toList();
        weights = indices(layout, true);
        biases = indices(layout, false);
    }

    /** By layer, the part that is its weight or its bias; -1 where there is none. */
    private static int[] indices(ParameterLayout layout, boolean weight) {
        return IntStream.range(0, layout.layers())
                .map(l -> IntStream.range(0, layout.slots().size())
                        .filter(i -> layout.slots().get(i).layer() == l
                                && (weight
                                        ? layout.slots().get(i).kind().isWeight()
                                        : layout.slots().get(i).kind().isBias()))
                        .findFirst()
                        .orElse(-1))
                .toArray();
    }

    /** [R, P], may be shared. */
    public View flat() {
        return flat;
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** Part {@code i} of the layout: [R, ...]. */
    public View part(int i) {
        return parts.get(i);
    }

    /** The weight of layer {@code l}: [R, out, in], [R, out, in, height, width], or the scale [R, channels]. */
    public View weight(int l) {
        return parts.get(weights[l]);
    }

    public boolean hasBias(int l) {
        return biases[l] >= 0;
    }

    /** The bias of layer {@code l}: [R, out], or the shift [R, channels]. */
    public View bias(int l) {
        return parts.get(biases[l]);
    }
}

package dev.rectifier.train;

import dev.rectifier.model.NetworkSpec;
import dev.rectifier.model.ParameterLayout;
import java.util.Collection;
import java.util.List;

/**
 * What an update must respect.
 *
 * <p>Layers are counted among those with parameters, bottom first.
 *
 * @param unitNormLayers after every step, rows of these layers (with their biases) are divided by their norm
 * @param frozenLayers weights and biases of these layers never move
 */
public record Constraints(List<Integer> unitNormLayers, List<Integer> frozenLayers) {
    /** No constraint. */
    public static final Constraints NONE = new Constraints(List.of(), List.of());

    public Constraints {
        unitNormLayers = unitNormLayers.stream().distinct().sorted().toList();
        frozenLayers = frozenLayers.stream().distinct().sorted().toList();
    }

    /** Rows of these layers stay on the unit sphere. */
    public static Constraints unitNorm(Integer... layers) {
        return new Constraints(List.of(layers), List.of());
    }

    void requireFit(NetworkSpec spec) {
        ParameterLayout layout = spec.layout();
        requireLayers("unitNormLayers", unitNormLayers, layout);
        requireLayers("frozenLayers", frozenLayers, layout);
        for (int l : unitNormLayers) {
            if (layout.weight(l).kind() != ParameterLayout.Kind.WEIGHT) {
                throw new IllegalArgumentException("Constraint unitNormLayers names layer " + l + ", whose "
                        + layout.weight(l).name() + " has no rows to normalise.");
            }
        }
    }

    private static void requireLayers(String name, Collection<Integer> layers, ParameterLayout layout) {
        for (int l : layers) {
            if (l < 0 || l >= layout.layers()) {
                throw new IllegalArgumentException("Constraint " + name + " names layer " + l
                        + "; this network has layers 0 to " + (layout.layers() - 1) + ".");
            }
        }
    }
}

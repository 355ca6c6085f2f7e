package dev.rectifier.train;

import dev.rectifier.model.MlpSpec;
import java.util.Collection;
import java.util.List;

/**
 * What an update must respect.
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

    void requireFit(MlpSpec spec) {
        requireLayers("unitNormLayers", unitNormLayers, spec);
        requireLayers("frozenLayers", frozenLayers, spec);
    }

    private static void requireLayers(String name, Collection<Integer> layers, MlpSpec spec) {
        for (int l : layers) {
            if (l < 0 || l >= spec.layers()) {
                throw new IllegalArgumentException("Constraint " + name + " names layer " + l
                        + "; this network has layers 0 to " + (spec.layers() - 1) + ".");
            }
        }
    }
}

package dev.rectifier.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A layer and its name among its siblings; the names of its tensors begin with it. Dots are allowed, so that one chain may
 * carry the names of a nested PyTorch module ({@code features.0}).
 */
public record NamedLayer(String name, LayerSpec layer) {
    public NamedLayer {
        if (!name.matches("[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*")) {
            throw new IllegalArgumentException("A layer's name consists of words of letters, digits and _ with dots"
                    + " between them, such as features.0, not \"" + name + "\".");
        }
    }

    static void requireDistinct(List<NamedLayer> layers) {
        Set<String> names = new HashSet<>();
        for (NamedLayer named : layers) {
            if (!names.add(named.name())) {
                throw new IllegalArgumentException(
                        "Two layers are named \"" + named.name() + "\": their parameters need names of their own.");
            }
        }
    }
}

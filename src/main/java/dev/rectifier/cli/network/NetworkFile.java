package dev.rectifier.cli.network;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.LayerSpec.Residual;
import dev.rectifier.model.NamedLayer;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.record.ConfigException;
import dev.rectifier.record.YamlNode;
import dev.rectifier.record.YamlTree;
import dev.rectifier.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A network in a YAML file: {@code input}, the extents of one example, and {@code layers} in order.
 *
 * <pre>
 * input: [2, 9, 7]                 # [features] or [channels, height, width]
 * layers:
 *   - conv2d: {channels: 4, kernel: 3, stride: 1, padding: 1}
 *   - batchnorm: {mode: train, eps: 1.0e-5}
 *   - relu
 *   - flatten
 *   - dense: {units: 3}
 * </pre>
 *
 * <p>Parameters go by the names of a PyTorch {@code nn.Sequential}: the numbers of the layers. Those of a residual block are
 * {@code 3.body.0.weight} and {@code 3.shortcut.0.weight}.
 *
 * @param spec the network
 */
public record NetworkFile(ChainSpec spec) {
    private static final Set<String> MEMBERS = Set.of("input", "layers");

    /** Reads a file. @throws ConfigException naming file, line and column of what is wrong */
    public static NetworkFile read(Path file) {
        return of(String.valueOf(file.getFileName()), YamlTree.read(file));
    }

    /** The same from text; {@code source} names it in messages. */
    public static NetworkFile read(String source, String text) {
        return of(source, YamlTree.read(source, text));
    }

    private static NetworkFile of(String source, YamlNode.Mapping all) {
        LayerFields top = new LayerFields("a network", source, all, MEMBERS);
        Shape input = input(top);
        List<YamlNode> nodes = top.list("layers");
        List<LayerSpec> layers = layers(nodes);
        requireFit(input, layers, nodes);
        try {
            return new NetworkFile(ChainSpec.of(input, layers));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(top.where("layers"), String.valueOf(e.getMessage()));
        }
    }

    /** Layer by layer, so that the place of the first that does not fit is known. */
    private static void requireFit(Shape input, List<LayerSpec> layers, List<YamlNode> nodes) {
        Shape now = input;
        for (int i = 0; i < layers.size(); i++) {
            LayerFields fields = LayerFields.of(nodes.get(i));
            try {
                now = layers.get(i).output(now);
            } catch (IllegalArgumentException e) {
                throw new ConfigException(
                        fields.where(),
                        "'" + fields.kind() + "', layer " + i + ", " + e.getMessage() + "; its input is " + now + ".");
            }
        }
    }

    private static Shape input(LayerFields top) {
        List<YamlNode> extents = top.list("input");
        long[] shape = extents.stream().mapToLong(LayerFields::positive).toArray();
        if (shape.length != 1 && shape.length != 3) {
            throw new ConfigException(
                    top.where("input"),
                    "'input' has " + shape.length + " extents. Write [features] or [channels, height, width].");
        }
        return Shape.of(shape);
    }

    private static List<LayerSpec> layers(List<YamlNode> nodes) {
        List<LayerSpec> layers = new ArrayList<>();
        nodes.forEach(node -> layers.add(layer(LayerFields.of(node))));
        return layers;
    }

    private static LayerSpec layer(LayerFields fields) {
        try {
            return fields.is(LayerWords.RESIDUAL) ? residual(fields) : LayerWords.layer(fields);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(fields.where(), "'" + fields.kind() + "' " + e.getMessage() + ".");
        }
    }

    private static LayerSpec residual(LayerFields fields) {
        fields.require(Set.of("layers", "shortcut"));
        List<YamlNode> shortcut = fields.has("shortcut") ? fields.list("shortcut") : List.of();
        return Residual.of(layers(fields.list("layers")), layers(shortcut));
    }

    /** Whether a BatchNorm takes the moments of the examples, so that no example has a loss of its own. */
    public boolean takesBatch() {
        return spec.state().slots().stream()
                .map(slot -> slot.name().substring(0, slot.name().lastIndexOf('.')))
                .anyMatch(layer -> !evaluated().contains(layer));
    }

    /** Names of the layers that normalise by running moments. */
    Set<String> evaluated() {
        Set<String> names = new HashSet<>();
        collect("", spec.layers(), names);
        return names;
    }

    private static void collect(String prefix, List<NamedLayer> layers, Set<String> names) {
        for (NamedLayer named : layers) {
            String name = prefix + named.name();
            if (named.layer() instanceof Residual block) {
                collect(name + ".", block.body(), names);
                collect(name + ".", block.shortcut(), names);
            } else if (named.layer() instanceof LayerSpec.BatchNorm norm && !norm.takesBatch(Mode.EVALUATION)) {
                names.add(name);
            }
        }
    }
}

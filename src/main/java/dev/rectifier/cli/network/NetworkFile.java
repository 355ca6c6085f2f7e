package dev.rectifier.cli.network;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.LayerSpec.Residual;
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
 * @param mode how its BatchNorm layers normalise; evaluation where there are none
 */
public record NetworkFile(ChainSpec spec, Mode mode) {
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
        Set<Mode> modes = new HashSet<>();
        Shape input = input(top);
        List<LayerSpec> layers = layers(top.list("layers"), modes);
        if (modes.size() > 1) {
            throw new ConfigException(
                    top.where("layers"),
                    "some batchnorm layers are in mode train and some in mode eval. Give all of them one mode.");
        }
        try {
            return new NetworkFile(
                    ChainSpec.of(input, layers), modes.stream().findFirst().orElse(Mode.EVALUATION));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(top.where("layers"), String.valueOf(e.getMessage()));
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

    private static List<LayerSpec> layers(List<YamlNode> nodes, Set<Mode> modes) {
        List<LayerSpec> layers = new ArrayList<>();
        nodes.forEach(node -> layers.add(layer(LayerFields.of(node), modes)));
        return layers;
    }

    private static LayerSpec layer(LayerFields fields, Set<Mode> modes) {
        try {
            return fields.is(LayerWords.RESIDUAL) ? residual(fields, modes) : LayerWords.layer(fields, modes);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(fields.where(), "'" + fields.kind() + "' " + e.getMessage() + ".");
        }
    }

    private static LayerSpec residual(LayerFields fields, Set<Mode> modes) {
        fields.require(Set.of("layers", "shortcut"));
        List<YamlNode> shortcut = fields.has("shortcut") ? fields.list("shortcut") : List.of();
        return Residual.of(layers(fields.list("layers"), modes), layers(shortcut, modes));
    }
}

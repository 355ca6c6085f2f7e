package dev.rectifier.cli.network;

import static java.util.Map.entry;

import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.LayerSpec.AvgPool;
import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Dropout;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.GlobalAvgPool;
import dev.rectifier.model.LayerSpec.Linear;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.model.LayerSpec.WeightNormed;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.record.ConfigException;
import dev.rectifier.record.Suggestion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The words for layers in a network file, each with its settings. */
final class LayerWords {
    private static final Map<String, Word> WORDS = Map.ofEntries(
            entry("dense", word(LayerWords::dense, "units", "bias", "weightnorm")),
            entry("conv2d", word(LayerWords::conv, "channels", "kernel", "stride", "padding", "bias", "weightnorm")),
            entry("batchnorm", word(LayerWords::batchNorm, "mode", "eps", "momentum", "affine")),
            entry("relu", word(f -> new Relu())),
            entry("maxpool", word(LayerWords::maxPool, "size", "stride", "padding")),
            entry("avgpool", word(LayerWords::avgPool, "size", "stride")),
            entry("globalavgpool", word(f -> new GlobalAvgPool())),
            entry("flatten", word(f -> new Flatten())),
            entry("dropout", word(f -> new Dropout(f.real("rate")), "rate")));

    /** The word for a block of other layers. */
    static final String RESIDUAL = "residual";

    private record Word(List<String> settings, Function<LayerFields, LayerSpec> layer) {}

    private LayerWords() {}

    private static Word word(Function<LayerFields, LayerSpec> layer, String... settings) {
        return new Word(List.of(settings), layer);
    }

    /** The layer that a word stands for. */
    static LayerSpec layer(LayerFields fields) {
        Word word = WORDS.get(fields.kind());
        if (word == null) {
            throw unknown(fields);
        }
        fields.require(word.settings);
        return word.layer.apply(fields);
    }

    private static ConfigException unknown(LayerFields fields) {
        Set<String> words = new TreeSet<>(WORDS.keySet());
        words.add(RESIDUAL);
        String guess = Suggestion.didYouMean(fields.kind(), words);
        String all = " Known are: " + String.join(", ", words) + ".";
        return new ConfigException(
                fields.where(), "there is no layer '" + fields.kind() + "'." + (guess.isEmpty() ? all : guess));
    }

    private static LayerSpec dense(LayerFields f) {
        return normed(f, new Dense(f.whole("units"), f.flag("bias", true)));
    }

    private static LayerSpec conv(LayerFields f) {
        return normed(
                f,
                new Conv(
                        f.whole("channels"),
                        f.whole("kernel"),
                        f.whole("stride", 1),
                        f.whole("padding", 0),
                        f.flag("bias", true)));
    }

    private static LayerSpec normed(LayerFields f, Linear layer) {
        return f.flag("weightnorm", false) ? new WeightNormed(layer) : layer;
    }

    private static Mode mode(LayerFields f) {
        return f.word("mode", List.of("train", "eval")).equals("train") ? Mode.TRAINING : Mode.EVALUATION;
    }

    private static LayerSpec batchNorm(LayerFields f) {
        return new BatchNorm(f.real("eps", 1e-5), f.real("momentum", 0.1), f.flag("affine", true)).always(mode(f));
    }

    private static LayerSpec maxPool(LayerFields f) {
        int size = f.whole("size");
        return new MaxPool(size, f.whole("stride", size), f.whole("padding", 0));
    }

    private static LayerSpec avgPool(LayerFields f) {
        int size = f.whole("size");
        return new AvgPool(size, f.whole("stride", size));
    }
}

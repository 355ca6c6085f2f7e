package dev.rectifier.cli;

import dev.rectifier.engine.LossKind;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words for losses. */
final class LossWord implements ITypeConverter<LossKind>, Iterable<String> {
    private static final Map<String, LossKind> WORDS = new TreeMap<>(Map.of(
            "mse", LossKind.SQUARED,
            "cross-entropy", LossKind.SOFTMAX_CROSS_ENTROPY,
            "logistic", LossKind.LOGISTIC,
            "hinge", LossKind.HINGE));

    @Override
    public LossKind convert(String word) {
        LossKind kind = WORDS.get(word);
        if (kind == null) {
            throw new TypeConversionException(
                    "the losses are " + String.join(", ", WORDS.keySet()) + ", not '" + word + "'");
        }
        return kind;
    }

    @Override
    public Iterator<String> iterator() {
        return List.copyOf(WORDS.keySet()).iterator();
    }
}

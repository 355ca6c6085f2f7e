package dev.rectifier.cli;

import dev.rectifier.tensor.DType;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words for floating element types. */
final class TypeWord implements ITypeConverter<DType>, Iterable<String> {
    @Override
    public DType convert(String word) {
        return switch (word) {
            case "f32" -> DType.F32;
            case "f64" -> DType.F64;
            default -> throw new TypeConversionException("the types are f32 and f64, not '" + word + "'");
        };
    }

    @Override
    public Iterator<String> iterator() {
        return List.of("f32", "f64").iterator();
    }
}

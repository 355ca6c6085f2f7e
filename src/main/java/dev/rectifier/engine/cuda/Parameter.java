package dev.rectifier.engine.cuda;

import dev.rectifier.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * One parameter of a kernel.
 *
 * @param type its C type
 * @param constant true for a pointer that the kernel only reads
 * @param name as in the source
 */
record Parameter(Type type, boolean constant, String name) {
    /** C types that occur, with the spelling used in {@code cuda/*.cu}. */
    enum Type {
        REAL_POINTER("REAL*"),
        /** Any element type of REAL's width. */
        WORD_POINTER("WORD*"),
        F64_POINTER("double*"),
        U32_POINTER("u32*"),
        I32_POINTER("i32*"),
        I64_POINTER("i64*"),
        I64("i64"),
        I32("i32"),
        F64("double");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        boolean isPointer() {
            return text.endsWith("*");
        }

        /** Whether an array of this type may be passed to a kernel compiled for {@code real}. */
        boolean accepts(DType array, DType real) {
            return switch (this) {
                case REAL_POINTER -> array == real;
                case WORD_POINTER -> array.bytes() == real.bytes();
                case F64_POINTER -> array == DType.F64;
                case U32_POINTER, I32_POINTER -> array == DType.I32;
                case I64_POINTER -> array == DType.I64;
                default -> false;
            };
        }

        static Type of(String text) {
            for (Type type : values()) {
                if (type.text.equals(text)) {
                    return type;
                }
            }
            throw new IllegalArgumentException("No kernel parameter type is spelt \"" + text + "\".");
        }
    }

    /**
     * Reads {@code "REAL* y, const REAL* x; i64 R, i64 size"}: arrays, a semicolon, scalars. Every array is followed by its
     * replica stride, which is not written there.
     */
    static List<Parameter> parse(String text) {
        List<Parameter> parameters = new ArrayList<>();
        int semicolon = text.indexOf(';');
        for (String array : text.substring(0, semicolon).split(",", -1)) {
            Parameter parameter = parseOne(array.strip());
            parameters.add(parameter);
            parameters.add(new Parameter(Type.I64, false, parameter.name + "_stride"));
        }
        for (String scalar : text.substring(semicolon + 1).split(",", -1)) {
            parameters.add(parseOne(scalar.strip()));
        }
        return List.copyOf(parameters);
    }

    private static Parameter parseOne(String text) {
        boolean constant = text.startsWith("const ");
        String bare = constant ? text.substring("const ".length()) : text;
        int space = bare.indexOf(' ');
        return new Parameter(Type.of(bare.substring(0, space)), constant, bare.substring(space + 1));
    }

    /** The declaration as the source writes it, without {@code __restrict__}. */
    String declaration() {
        return (constant ? "const " : "") + type.text + " " + name;
    }
}

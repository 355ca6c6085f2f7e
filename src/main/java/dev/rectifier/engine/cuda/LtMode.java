package dev.rectifier.engine.cuda;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which products go through cublasLt, by {@code -Drectifier.cublaslt}. */
enum LtMode {
    /** None. */
    OFF,
    /** Those that cuBLAS would take. The default. */
    AUTO,
    /** Every product it has an algorithm for, whatever its size; an engine that cannot use cublasLt does not open. */
    ON;

    static LtMode ofThisProcess() {
        String value = System.getProperty("rectifier.cublaslt", "auto");
        return Arrays.stream(values())
                .filter(mode -> mode.word().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("-Drectifier.cublaslt=" + value
                        + " is none of "
                        + Arrays.stream(values()).map(LtMode::word).collect(Collectors.joining(", ")) + "."));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

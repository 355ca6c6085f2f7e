package dev.rectifier.engine.cuda;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What cuDNN does for an engine, by {@code -Drectifier.cudnn}. */
enum CuDnnMode {
    /** Nothing: it is not looked for. */
    NONE,
    /** It is compared with, and makes no result. */
    COMPARE,
    /** Convolutions large enough for a call per replica. The default. */
    AUTO,
    /** Every convolution it can do, whatever its size; an engine that cannot use cuDNN does not open. */
    ON;

    private static final String WORKSPACE = "rectifier.cudnn.workspace";
    private static final int DEFAULT_WORKSPACE_MIB = 64;
    private static final int MOST_WORKSPACE_MIB = 1 << 20;
    private static final int MEBI_SHIFT = 20;

    static CuDnnMode ofThisProcess() {
        String value = System.getProperty("rectifier.cudnn", AUTO.word());
        return Arrays.stream(values())
                .filter(mode -> mode.word().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("-Drectifier.cudnn=" + value
                        + " is none of "
                        + Arrays.stream(values()).map(CuDnnMode::word).collect(Collectors.joining(", ")) + "."));
    }

    /** Bytes that a convolution's workspace may have, by {@code -Drectifier.cudnn.workspace=MIB}. */
    static long workspaceBytes() {
        String value = System.getProperty(WORKSPACE, String.valueOf(DEFAULT_WORKSPACE_MIB));
        if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) > MOST_WORKSPACE_MIB) {
            throw new IllegalArgumentException("-D" + WORKSPACE + "=" + value + " is no number of MiB from 0 to "
                    + MOST_WORKSPACE_MIB + ": the most that a convolution of cuDNN may ask for beside its operands.");
        }
        return Long.parseLong(value) << MEBI_SHIFT;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

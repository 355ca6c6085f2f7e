package dev.rectifier.engine;

import java.util.List;
import java.util.Locale;

/** Numbers of bytes as a reader expects them. */
public final class Bytes {
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB");

    private Bytes() {}

    /** Exact below 1 KiB, else with one decimal in the unit that leaves less than 1,024: {@code 12.3 GiB}. */
    public static String words(long bytes) {
        if (bytes < 1 << 10) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = 0;
        while (value >= 1023.95 && unit < UNITS.size() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, UNITS.get(unit));
    }
}

package dev.rectifier.engine.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the machine has left beside the heap's own limit. */
final class HostMemory {
    private static final Path FACTS = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private HostMemory() {}

    /** Bytes the heap can have in all; without bound where the system does not say. */
    static long available() {
        try {
            return of(Files.isReadable(FACTS) ? Files.readAllLines(FACTS) : List.of());
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private static long of(List<String> facts) {
        return facts.stream()
                .filter(line -> line.startsWith(AVAILABLE))
                .mapToLong(line -> kibibytes(line) << 10)
                .map(free -> free + Runtime.getRuntime().totalMemory())
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private static long kibibytes(String line) {
        return Long.parseLong(
                line.substring(AVAILABLE.length()).replace("kB", "").strip());
    }
}

package dev.rectifier.engine.cpu;

import java.util.Map;

/** What this host says of itself. */
final class Processor {
    private Processor() {}

    static String describe() {
        return System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
                + System.getProperty("os.name");
    }

    static Map<String, String> versions() {
        return Map.of(
                "openblas",
                Blas.version(),
                "java",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    }
}

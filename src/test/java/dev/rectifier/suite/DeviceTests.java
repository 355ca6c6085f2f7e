package dev.rectifier.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which test classes reach a device: those of the conformance suite and of the CUDA engine, and every other one whose compiled
 * text names the sources of engines that those use. So a new test needs no list.
 */
final class DeviceTests {
    private static final List<String> PACKAGES = List.of("dev.rectifier.conformance.", "dev.rectifier.engine.cuda.");

    private static final List<String> SOURCES = List.of(
            "dev/rectifier/conformance/EngineSource",
            "dev/rectifier/conformance/OnEveryEngine",
            "dev/rectifier/engine/cuda/Emulated");

    /** Read the source tree, or need libtorch: neither is on a machine without build tools. */
    private static final List<String> ELSEWHERE = List.of("KernelTableTest", "TorchGradientTest", "TorchOptimiserTest");

    private DeviceTests() {}

    /** Full names, sorted. */
    static List<String> in(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            return files.filter(file -> file.toString().endsWith("Test.class"))
                    .filter(file -> reachesADevice(classes, file))
                    .map(file -> name(classes, file))
                    .filter(name -> !ELSEWHERE.contains(name.substring(name.lastIndexOf('.') + 1)))
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path classes, Path file) {
        String path = classes.relativize(file).toString();
        return path.substring(0, path.length() - ".class".length()).replace('/', '.');
    }

    private static boolean reachesADevice(Path classes, Path file) {
        return PACKAGES.stream().anyMatch(name(classes, file)::startsWith)
                || SOURCES.stream().anyMatch(text(file)::contains);
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

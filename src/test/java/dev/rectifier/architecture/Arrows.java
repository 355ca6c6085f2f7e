package dev.rectifier.architecture;

import static java.util.Map.entry;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which package may import which: the table of src/site/markdown/architecture.md. Names are relative to {@code dev.rectifier};
 * a package that is not in the table belongs to its nearest ancestor that is.
 */
final class Arrows {
    static final String ROOT = "dev.rectifier";

    static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            entry("tensor", Set.of()),
            entry("stats", Set.of()),
            entry("record", Set.of()),
            entry("engine", Set.of("tensor")),
            entry("engine.cpu", Set.of("engine", "tensor")),
            entry("engine.cuda", Set.of("engine", "tensor")),
            entry("model", Set.of("engine", "tensor")),
            entry("data", Set.of("engine", "tensor")),
            entry("train", Set.of("model", "data", "engine", "tensor")),
            entry("curvature", Set.of("model", "data", "engine", "tensor")),
            entry("probe", Set.of("train", "curvature", "model", "stats", "record", "engine", "tensor")),
            entry(
                    "study",
                    Set.of("probe", "train", "curvature", "data", "model", "stats", "record", "engine", "tensor")),
            entry("sweep", Set.of("study", "train", "record", "engine", "tensor")),
            entry("report", Set.of("record", "stats")),
            entry("bench", Set.of("engine", "record", "stats", "tensor")),
            entry("bench.training", Set.of("bench", "train", "data", "model", "engine", "record", "stats", "tensor")),
            entry(
                    "cli",
                    Set.of(
                            "sweep",
                            "bench",
                            "bench.training",
                            "report",
                            "study",
                            "probe",
                            "train",
                            "curvature",
                            "data",
                            "model",
                            "stats",
                            "record",
                            "engine",
                            "tensor")));

    private Arrows() {}

    /** The row of the table that a package belongs to; empty for a package outside the project or outside the table. */
    static Optional<String> owner(String packageName) {
        return ALLOWED.keySet().stream()
                .filter(row -> isWithin(packageName, ROOT + "." + row))
                .max(Comparator.comparingInt(String::length));
    }

    /** Whether a class of package {@code from} may use a class of package {@code to}, both full names. */
    static boolean allows(String from, String to) {
        if (!isWithin(to, ROOT)) {
            return true;
        }
        Optional<String> source = owner(from);
        Optional<String> target = owner(to);
        if (source.isEmpty() || target.isEmpty()) {
            return false;
        }
        return source.equals(target)
                || ALLOWED.getOrDefault(source.get(), Set.of()).contains(target.get());
    }

    private static boolean isWithin(String packageName, String ancestor) {
        return packageName.equals(ancestor) || packageName.startsWith(ancestor + ".");
    }
}

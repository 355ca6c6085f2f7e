package dev.rectifier.record;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run's config.yaml: four header lines (run, study, name, scale), then all settings as a tree, defaults included, so that the
 * file alone tells what ran.
 */
final class RunConfig {
    private static final int HEADER_LINES = 4;

    private RunConfig() {}

    /** The head of a config file. */
    record Head(RunId id, String study, String name, String scale) {}

    static String yaml(RunSpec spec) {
        StringBuilder out = new StringBuilder();
        out.append("run: ").append(spec.id().hex()).append('\n');
        out.append("study: ").append(spec.study()).append('\n');
        out.append("name: ").append(JsonText.quote(spec.name())).append('\n');
        out.append("scale: ").append(spec.scale()).append('\n');
        List<String> open = new ArrayList<>();
        spec.settings().values().forEach((path, setting) -> appendSetting(out, open, path, setting));
        return out.toString();
    }

    // Paths come sorted, so a branch is complete before the next one begins.
    private static void appendSetting(StringBuilder out, List<String> open, String path, Setting setting) {
        String[] names = path.split("\\.", -1);
        int shared = 0;
        while (shared < open.size()
                && shared < names.length - 1
                && open.get(shared).equals(names[shared])) {
            shared++;
        }
        open.subList(shared, open.size()).clear();
        for (int depth = shared; depth < names.length - 1; depth++) {
            out.append("  ".repeat(depth)).append(names[depth]).append(":\n");
            open.add(names[depth]);
        }
        int depth = names.length - 1;
        out.append("  ".repeat(depth))
                .append(names[depth])
                .append(": ")
                .append(setting.canonical())
                .append('\n');
    }

    /** The head of a run folder's config, or nothing if the folder has none. */
    static Optional<Head> head(Path runFolder) {
        Path file = runFolder.resolve(RunFiles.CONFIG);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Map<String, String> lines = new HashMap<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (int i = 0; i < HEADER_LINES; i++) {
                String[] parts = String.valueOf(reader.readLine()).split(": ", 2);
                lines.put(parts[0], parts[parts.length - 1].replace("\"", ""));
            }
        } catch (IOException e) {
            throw RecordException.of("read", file, e);
        }
        return Optional.of(headOf(file, lines));
    }

    private static Head headOf(Path file, Map<String, String> lines) {
        try {
            return new Head(
                    new RunId(lines.getOrDefault("run", "")),
                    lines.getOrDefault("study", ""),
                    lines.getOrDefault("name", ""),
                    lines.getOrDefault("scale", ""));
        } catch (IllegalArgumentException e) {
            throw new RecordException(
                    "The file " + file + " does not begin with the lines run, study, name, scale: it was edited or"
                            + " damaged. Restore it, or move the folder away.",
                    e);
        }
    }
}

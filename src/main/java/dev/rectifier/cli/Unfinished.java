package dev.rectifier.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.record.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command lines that began work in a folder of runs and did not end it, in {@code unfinished.json}: written before the
 * first step, so that {@code resume} knows them whatever became of the process.
 */
final class Unfinished {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    Unfinished(Path runs) {
        this.file = runs.resolve("unfinished.json");
    }

    /** The command lines, oldest first. */
    List<List<String>> lines() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return JSON.readValue(Files.readAllBytes(file), new TypeReference<List<List<String>>>() {});
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    file + " cannot be read (" + e.getMessage() + "); remove it and start the study again.",
                    e);
        }
    }

    void begin(List<String> line) {
        List<List<String>> lines = without(line);
        lines.add(line);
        write(lines);
    }

    void end(List<String> line) {
        write(without(line));
    }

    private List<List<String>> without(List<String> line) {
        List<List<String>> lines = new ArrayList<>(lines());
        lines.remove(line);
        return lines;
    }

    private void write(List<List<String>> lines) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            DurableFile.write(file, JSON.writeValueAsBytes(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

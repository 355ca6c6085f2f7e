package dev.rectifier.cli;

import dev.rectifier.record.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/** Where results go: a folder that appears with everything in it, or not at all. */
record BenchFolder(Optional<Path> place) {
    /** Refuses a place that is taken, before anything is measured. */
    void requireNew() {
        place.filter(Files::exists).ifPresent(taken -> {
            throw new CommandFailure(ExitCode.USAGE, taken + " exists already; choose another name or remove it.");
        });
    }

    /** Writes files by name. */
    void write(Map<String, String> files) {
        place.ifPresent(folder -> write(folder.toAbsolutePath(), files));
    }

    private static void write(Path folder, Map<String, String> files) {
        Path beside = folder.resolveSibling("." + folder.getFileName() + ".rectifier-tmp");
        try {
            Files.createDirectories(beside);
            files.forEach((name, content) -> DurableFile.write(beside.resolve(name), content));
            Files.move(beside, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.rectifier.cli;

import dev.rectifier.bench.History;
import dev.rectifier.bench.HistoryTables;
import dev.rectifier.report.TableReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file of accepted results.
 *
 * @param file of the history; made at the first run it is given
 */
record BenchHistory(Path file) {
    /** Adds a finished bench; all of it or nothing. Returns how many rows. */
    int add(Path folder) {
        try {
            List<String> lines = History.accepted(Files.readAllLines(folder.resolve("results.jsonl")));
            Files.writeString(
                    file, String.join("\n", lines) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return lines.size() - 1;
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "The results in " + folder + " are not accepted: " + e.getMessage() + ".", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its tables in Markdown. */
    String tables() {
        try {
            return TableReport.markdown(HistoryTables.of(Files.readAllLines(file)));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, file + " is no history: " + e.getMessage() + ".", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.rectifier.cli;

import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RecordException;
import dev.rectifier.record.RunListing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Writes a run's metrics as CSV: replica, step, metric, value. */
@Command(name = "export", mixinStandardHelpOptions = true, description = "Writes a run's metrics as a CSV file.")
final class ExportCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private Workplace workplace = new Workplace();

    @Parameters(
            index = "0",
            paramLabel = "RUN",
            description = "First digits of the run's id; the command status lists them.")
    private String prefix = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The CSV file to write; it must not exist.")
    private Path file = Path.of("metrics.csv");

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        RunListing run = find();
        if (Files.exists(file)) {
            throw new CommandFailure(ExitCode.USAGE, file + " exists already; choose another name or remove it.");
        }
        write(MetricTable.read(run.path()));
        console.result("wrote " + file);
        return ExitCode.GOOD.code();
    }

    private RunListing find() {
        try {
            return workplace.store().find(prefix);
        } catch (RecordException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private void write(MetricTable table) {
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            table.writeCsv(writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.rectifier.cli;

import dev.rectifier.data.file.DataFileException;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.record.ConfigException;
import dev.rectifier.record.RecordException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** A command that threw: one line with the reason, and the exit code that fits. The trace goes to the log at DEBUG. */
final class Failures implements IExecutionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private final Console console;

    Failures(Console console) {
        this.console = console;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        LOG.debug("{} failed", command.getCommandName(), failure);
        ExitCode code = classify(failure);
        console.error("rectifier: " + describe(failure, code));
        return code.code();
    }

    static ExitCode classify(Exception failure) {
        if (failure instanceof CommandFailure stated) {
            return stated.code();
        }
        if (failure instanceof NoDeviceException) {
            return ExitCode.NO_DEVICE;
        }
        if (failure instanceof OutOfDeviceMemoryException) {
            return ExitCode.OUT_OF_MEMORY;
        }
        if (failure instanceof DeviceException) {
            return ExitCode.DEVICE_LOST;
        }
        if (failure instanceof RecordException || failure instanceof UncheckedIOException) {
            return ExitCode.SOME_FAILED;
        }
        if (failure instanceof ConfigException || failure instanceof DataFileException) {
            return ExitCode.USAGE;
        }
        return failure instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.INTERNAL;
    }

    private static String describe(Exception failure, ExitCode code) {
        if (failure instanceof UncheckedIOException io) {
            return "cannot read or write: " + io.getCause() + ". Check the path, its owner and mode, and the disk.";
        }
        if (code != ExitCode.INTERNAL) {
            return String.valueOf(failure.getMessage());
        }
        return failure + " (a defect; set RECTIFIER_LOG=DEBUG for the trace)";
    }
}

package dev.rectifier.cli;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** A wrong command line: one line that says what, one that says where help is; exit code 2. */
final class UsageErrors implements IParameterExceptionHandler {
    private final Console console;

    UsageErrors(Console console) {
        this.console = console;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String help = command.getCommandSpec().qualifiedName() + " --help";
        String suggestion = failure instanceof UnmatchedArgumentException unmatched
                ? String.join(", ", unmatched.getSuggestions())
                : "";
        console.error("rectifier: " + failure.getMessage()
                + (suggestion.isEmpty() ? "" : " Did you mean: " + suggestion + "?") + " See '" + help + "'.");
        return ExitCode.USAGE.code();
    }
}

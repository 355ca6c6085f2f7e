package dev.rectifier.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program: one word, then a command. Exit codes are those of {@link ExitCode}. */
@Command(
        name = "rectifier",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Trains ensembles of over-parameterised ReLU networks and checks papers' claims about them.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "New here? Try the command demo: a result in under a minute."},
        subcommands = {
            DemoCommand.class,
            DoctorCommand.class,
            StudiesCommand.class,
            RunCommand.class,
            ResumeCommand.class,
            StatusCommand.class,
            ExportCommand.class,
            DataCommand.class,
            VerifyCommand.class,
            BenchCommand.class,
            BnStatsCommand.class,
            EvaluateCommand.class,
            SpectrumCommand.class
        })
public final class Main implements Runnable {
    private final Console console;

    @CommandLine.Spec
    private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    Main(Console console) {
        this.console = console;
    }

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "No progress and no remarks; results only.")
    void quiet(boolean quiet) {
        console.setQuiet(quiet);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(), "A command is missing.");
    }

    /** Ends the process with the command's exit code. */
    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        System.exit(execute(Console.ofProcess(), Interruption.install(), arguments));
    }

    /** Runs one command line and returns its exit code; the whole program but for the process. */
    static int execute(Console console, Interruption interruption, String... arguments) {
        return new CommandLine(new Main(console), new CommandFactory(console, interruption))
                .setOut(console.resultWriter())
                .setParameterExceptionHandler(new UsageErrors(console))
                .setExecutionExceptionHandler(new Failures(console))
                .execute(arguments);
    }
}

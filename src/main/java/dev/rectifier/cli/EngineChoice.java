package dev.rectifier.cli;

import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.MathMode;
import picocli.CommandLine.Option;

/** The options that choose an engine, shared by every command that computes. */
final class EngineChoice {
    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "auto, cpu, cuda (default: ${DEFAULT-VALUE}). A forced choice never falls back.")
    private String engine = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Host threads of the CPU engine (default: all cores). Results do not depend on it.")
    private int threads = Runtime.getRuntime().availableProcessors();

    /** Everything but the name. */
    EngineOptions options() {
        return EngineOptions.defaults().withThreads(threads);
    }

    /** Opens the engine and says on the console which and why. The caller closes it. */
    Engines.Choice open(Console console) {
        return open(console, MathMode.IEEE);
    }

    /** The same, with products in the arithmetic asked for. */
    Engines.Choice open(Console console, MathMode mode) {
        if (threads < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--threads must be at least 1, not " + threads + ".");
        }
        Engines.Choice choice = Engines.open(engine, options().withMathMode(mode));
        console.remark(choice.reason());
        return choice;
    }
}

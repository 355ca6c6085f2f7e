package dev.rectifier.cli;

import dev.rectifier.record.Invocation;
import dev.rectifier.record.Manifest;
import dev.rectifier.record.RunFolder;
import dev.rectifier.record.RunListing;
import dev.rectifier.record.RunState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Types again the command lines of runs that were interrupted or failed; each goes on from its last checkpoint. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Continues interrupted and failed runs from their last checkpoints.")
final class ResumeCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private Workplace workplace = new Workplace();

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "RUN", description = "First digits of a run's id (default: all).")
    private String prefix = "";

    ResumeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Set<List<String>> commandLines = new LinkedHashSet<>();
        workplace.store().list().stream()
                .filter(run -> run.id().hex().startsWith(prefix))
                .filter(run -> run.state() == RunState.INTERRUPTED || run.state() == RunState.FAILED)
                .map(ResumeCommand::commandLine)
                .forEach(commandLines::add);
        if (commandLines.isEmpty()) {
            console.result("Nothing to resume.");
            return ExitCode.GOOD.code();
        }
        int worst = ExitCode.GOOD.code();
        for (List<String> line : commandLines) {
            worst = Math.max(worst, typeAgain(line));
        }
        return worst;
    }

    private static List<String> commandLine(RunListing run) {
        return RunFolder.readManifest(run.path())
                .map(Manifest::invocations)
                .filter(invocations -> !invocations.isEmpty())
                .map(invocations -> invocations.get(invocations.size() - 1))
                .map(Invocation::commandLine)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "Run " + run.id()
                                + " has no manifest that says how it was started; start its study again with 'rectifier run "
                                + run.study() + " --scale " + run.scale() + "'."));
    }

    private int typeAgain(List<String> line) {
        console.remark("resuming: rectifier " + String.join(" ", line));
        CommandLine root = command.root().commandLine();
        return root.execute(line.toArray(String[]::new));
    }
}

package dev.rectifier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Types again the command lines that did not end; every run goes on from its last checkpoint, done ones are skipped. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Continues what was interrupted, killed or failed in a folder of runs.")
final class ResumeCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private Workplace workplace = new Workplace();

    @Spec
    private CommandSpec command = CommandSpec.create();

    ResumeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<List<String>> lines = workplace.unfinished().lines();
        if (lines.isEmpty()) {
            console.result("Nothing to resume.");
            return ExitCode.GOOD.code();
        }
        int worst = ExitCode.GOOD.code();
        for (List<String> line : lines) {
            worst = Math.max(worst, typeAgain(line));
        }
        return worst;
    }

    /** The folder may have moved since: it is the one given now. */
    private int typeAgain(List<String> line) {
        List<String> words = new ArrayList<>(line);
        words.add("--out");
        words.add(workplace.folder().toString());
        console.remark("resuming: " + Launcher.line(String.join(" ", words)));
        return command.root().commandLine().execute(words.toArray(String[]::new));
    }
}

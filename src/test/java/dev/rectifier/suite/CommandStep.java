package dev.rectifier.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * A command of the program, in a process of its own.
 *
 * @param name of the step; its output goes to {@code NAME.log}
 * @param words of the command
 * @param accepted exit codes
 */
record CommandStep(String name, List<String> words, List<Integer> accepted) implements Step {
    @Override
    public StepResult run(Bench bench) throws IOException, InterruptedException {
        String log = name + ".log";
        Files.deleteIfExists(bench.folder().resolve(log));
        ChildProcess.Ending ending = bench.child(List.of(), log).run("dev.rectifier.cli.Main", words);
        String detail = "rectifier " + String.join(" ", words) + ": " + ending.words();
        return new StepResult(name, accepted.contains(ending.code()), detail, log, ending.seconds(), List.of());
    }
}

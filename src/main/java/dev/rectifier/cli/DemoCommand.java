package dev.rectifier.cli;

import dev.rectifier.study.Scale;
import dev.rectifier.study.Studies;
import dev.rectifier.study.Study;
import dev.rectifier.study.StudyReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The smallest meaningful edition of the main job: 64 students at once, a table, a picture, and what to type next. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Trains 64 students at once in under a minute and says which claims hold.")
final class DemoCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private final StudySession session;

    @Spec
    private CommandSpec command = CommandSpec.create();

    DemoCommand(Console console, Interruption interruption) {
        this.console = console;
        this.session = new StudySession(console, interruption);
    }

    @Override
    public Integer call() {
        long started = System.nanoTime();
        Study demo = Studies.named("demo");
        List<StudyReport> reports = session.run(List.of(StudySession.Assignment.of(demo, Scale.SMALL)), command);
        ExitCode code = session.judge(reports);
        if (reports.stream().noneMatch(StudyReport::isInterrupted)) {
            reports.forEach(report -> new Conclusion(console, session.workplace(), command).write(report, false));
            console.result("It took " + ProgressLine.words(Duration.ofNanos(System.nanoTime() - started)) + ".");
            console.result("");
            console.result("What next:");
            next("run luck-matters --scale small", "the paper's main experiments, minutes");
            next("studies", "all studies and their claims");
            next("doctor", "what this machine offers, and why (no) GPU is used");
        }
        return code.code();
    }

    private void next(String words, String what) {
        console.result("  " + Launcher.line(words));
        console.result("      " + what);
    }
}

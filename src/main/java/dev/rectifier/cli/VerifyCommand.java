package dev.rectifier.cli;

import dev.rectifier.record.Verdict;
import dev.rectifier.record.VerdictTable;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Studies;
import dev.rectifier.study.StudyReport;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs every study at one scale and prints all verdicts. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Runs every study and prints one table: paper, ours, verdict.")
final class VerifyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private final StudySession session;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--scale",
            paramLabel = "SCALE",
            defaultValue = "smoke",
            description = "smoke, small or full (default: ${DEFAULT-VALUE}).")
    private String scale = "smoke";

    @Option(names = "--json", description = "Prints the verdicts as JSON.")
    private boolean json;

    VerifyCommand(Console console, Interruption interruption) {
        this.console = console;
        this.session = new StudySession(console, interruption);
    }

    @Override
    public Integer call() {
        Scale chosen = Scale.of(scale);
        List<StudyReport> reports = session.run(
                Studies.all().stream()
                        .map(study -> StudySession.Assignment.of(study, chosen))
                        .toList(),
                command);
        Conclusion conclusion = new Conclusion(console, session.workplace(), command);
        reports.stream().filter(report -> !report.isInterrupted()).forEach(conclusion::writeFiles);
        conclusion.print(together(reports), json);
        return session.judge(reports).code();
    }

    private VerdictTable together(List<StudyReport> reports) {
        List<Verdict> verdicts = reports.stream()
                .flatMap(report -> report.verdicts().verdicts().stream())
                .toList();
        return new VerdictTable("All studies, " + scale, verdicts);
    }
}

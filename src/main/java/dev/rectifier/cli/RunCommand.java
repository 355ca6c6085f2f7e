package dev.rectifier.cli;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.study.Overrides;
import dev.rectifier.study.PartOfStudy;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Studies;
import dev.rectifier.study.Study;
import dev.rectifier.study.StudyReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a study: its whole plan, or its plan with settings changed. Running again continues and skips what is done. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs a study and says which of its claims hold. Started again, it goes on where it stopped.")
final class RunCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private final StudySession session;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "STUDY", description = "The study's name; the command studies lists them.")
    private String study = "";

    @Parameters(
            index = "1..*",
            paramLabel = "KEY=VALUE",
            description = "Settings to change in every run that has them.")
    private List<String> overrides = List.of();

    @Option(
            names = "--scale",
            paramLabel = "SCALE",
            defaultValue = "small",
            description =
                    "smoke (seconds), small (minutes on two cores) or full (the paper's; default: ${DEFAULT-VALUE}).")
    private String scale = "small";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings to change, in the form of a run's config.yaml; KEY=VALUE wins over it.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--only",
            paramLabel = "RUNS",
            description = "Only runs of these names, with those that they build on: commas between, * for any letters;"
                    + " the option --cfg lists the names.")
    private String only = "*";

    @Option(
            names = "--except",
            paramLabel = "RUNS",
            description = "No runs of these names, nor runs that build on them.")
    private String except = "";

    @Option(names = "--cfg", description = "Prints the resolved settings of every run and stops.")
    private boolean configOnly;

    @Option(
            names = "--plan",
            description =
                    "Prints what every run would take (bytes by buffer, chunks, the way of training, a predicted time) and stops.")
    private boolean planOnly;

    @Option(names = "--json", description = "Prints the verdicts as JSON.")
    private boolean json;

    RunCommand(Console console, Interruption interruption) {
        this.console = console;
        this.session = new StudySession(console, interruption);
    }

    @Override
    public Integer call() {
        StudySession.Assignment assignment = assignment();
        if (configOnly) {
            assignment.plan().forEach(this::printSettings);
            return ExitCode.GOOD.code();
        }
        if (planOnly) {
            return session.plan(assignment).code();
        }
        List<StudyReport> reports = session.run(List.of(assignment), command);
        reports.stream().filter(report -> !report.isInterrupted()).forEach(this::conclude);
        return session.judge(reports).code();
    }

    private StudySession.Assignment assignment() {
        Study chosen = new PartOfStudy(Studies.named(study), only, except);
        Scale chosenScale = Scale.of(scale);
        return new StudySession.Assignment(chosen, chosenScale, plan(chosen, chosen.plan(chosenScale)));
    }

    private List<RunSpec> plan(Study chosen, List<RunSpec> planned) {
        return config.map(file -> Overrides.apply(chosen, planned, file, overrides))
                .orElseGet(() -> Overrides.apply(chosen, planned, overrides));
    }

    private void printSettings(RunSpec spec) {
        console.result("# run " + spec.id() + ": " + spec.study() + " " + spec.scale() + " " + spec.name());
        for (Map.Entry<String, Setting> entry : spec.settings().values().entrySet()) {
            boolean isDefault = spec.defaults().get(entry.getKey()).equals(Optional.of(entry.getValue()));
            console.result(entry.getKey() + " = " + entry.getValue().canonical() + (isDefault ? "   # default" : ""));
        }
    }

    private void conclude(StudyReport report) {
        new Conclusion(console, session.workplace(), command).write(report, json);
    }
}

package dev.rectifier.cli;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.MathMode;
import dev.rectifier.record.Manifest;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Study;
import dev.rectifier.study.StudyReport;
import dev.rectifier.study.StudyRunner;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Runs studies on the chosen engine and says what came out; shared by {@code demo}, {@code run} and {@code verify}. */
final class StudySession {
    private final Console console;
    private final Interruption interruption;

    @Mixin
    private EngineChoice engineChoice = new EngineChoice();

    @Mixin
    private Workplace workplace = new Workplace();

    @Option(
            names = "--chunk",
            paramLabel = "R",
            description =
                    "Replicas trained together (default: all, or as many as the memory holds). Results do not depend on it.")
    private Optional<Integer> chunk = Optional.empty();

    @Option(
            names = "--math",
            paramLabel = "NAME",
            defaultValue = "ieee",
            description =
                    "Arithmetic of fp32 products: ieee, tf32x3, tf32 (default: ${DEFAULT-VALUE}). Stored with every result.")
    private String math = "ieee";

    StudySession(Console console, Interruption interruption) {
        this.console = console;
        this.interruption = interruption;
    }

    /** A study at one scale with the runs to carry out. */
    record Assignment(Study study, Scale scale, List<RunSpec> plan) {
        static Assignment of(Study study, Scale scale) {
            return new Assignment(study, scale, study.plan(scale));
        }
    }

    Workplace workplace() {
        return workplace;
    }

    private OptionalInt chunk() {
        chunk.filter(replicas -> replicas < 1).ifPresent(replicas -> {
            throw new CommandFailure(ExitCode.USAGE, "--chunk must be at least 1, not " + replicas + ".");
        });
        return chunk.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    private MathMode mathMode() {
        for (MathMode mode : MathMode.values()) {
            if (mode.name().equalsIgnoreCase(math)) {
                return mode;
            }
        }
        throw new CommandFailure(
                ExitCode.USAGE, "There is no arithmetic \"" + math + "\"; known to --math are ieee, tf32x3, tf32.");
    }

    /** Prints what an assignment would take on the chosen engine; carries out and writes nothing. */
    ExitCode plan(Assignment assignment) {
        OptionalInt together = chunk();
        try (Engine engine = engineChoice.open(console, mathMode()).engine()) {
            return new PlanReport(console, engine, together).print(assignment);
        }
    }

    /** Carries out the assignments one after another on one engine; stops early when asked to. */
    List<StudyReport> run(List<Assignment> assignments, CommandSpec command) {
        chunk();
        Engines.Choice choice = engineChoice.open(console, mathMode());
        try (Engine engine = choice.engine()) {
            assignments.forEach(
                    assignment -> runner(assignment, engine, command).check(assignment.study(), assignment.plan()));
            workplace.unfinished().begin(Workplace.commandLine(command));
            List<StudyReport> reports = assignments.stream()
                    .takeWhile(ignored -> !interruption.requested())
                    .map(assignment -> run(assignment, engine, command))
                    .toList();
            endUnlessLeft(reports, command);
            return reports;
        } catch (DeviceException e) {
            console.remark("stopped by the device; to go on where it stopped, once the cause is removed: "
                    + Launcher.line("resume" + workplace.option()));
            throw e;
        }
    }

    /** What failed or was stopped stays on the list of {@code resume}. */
    private void endUnlessLeft(List<StudyReport> reports, CommandSpec command) {
        boolean allRan = !interruption.requested()
                && reports.stream().allMatch(report -> report.failures().isEmpty());
        if (allRan) {
            workplace.unfinished().end(Workplace.commandLine(command));
        }
    }

    private StudyReport run(Assignment assignment, Engine engine, CommandSpec command) {
        return runner(assignment, engine, command).run(assignment.study(), assignment.scale(), assignment.plan());
    }

    private StudyRunner runner(Assignment assignment, Engine engine, CommandSpec command) {
        Manifest manifest = Workplace.manifest(engine, assignment.plan(), command);
        return new StudyRunner(
                new StudyRunner.Surroundings(
                        engine,
                        workplace.store(),
                        manifest,
                        interruption::requested,
                        new ProgressLine(console),
                        System::nanoTime),
                chunk());
    }

    /** The exit code that reports deserve: stopped, failed runs, failed claims, or good. */
    ExitCode judge(List<StudyReport> reports) {
        if (interruption.requested()) {
            console.remark(
                    "stopped as asked; to go on where it stopped: " + Launcher.line("resume" + workplace.option()));
            return interruption.exitCode();
        }
        if (reports.stream().anyMatch(report -> !report.failures().isEmpty() || report.failedReplicas() > 0)) {
            return ExitCode.SOME_FAILED;
        }
        boolean allPass = reports.stream().allMatch(report -> report.verdicts().allPass());
        return allPass ? ExitCode.GOOD : ExitCode.CHECK_FAILED;
    }
}

package dev.rectifier.study;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.Engine;
import dev.rectifier.record.Manifest;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunFolder;
import dev.rectifier.record.RunId;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.RunState;
import dev.rectifier.record.RunStore;
import dev.rectifier.record.VerdictTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Carries out a plan: opens a folder per run, skips what is done, continues what was interrupted, keeps going when a run
 * fails, and has the study analyse the rest. A lost device or full device memory ends everything: the run stays resumable and
 * the {@link DeviceException} is the caller's. Used by one thread.
 */
public final class StudyRunner {
    private final Surroundings surroundings;
    private final OptionalInt chunk;

    /**
     * What runs need from outside.
     *
     * @param engine the caller's
     * @param store where run folders lie
     * @param manifest circumstances of this process, written into every run it works on
     * @param stopRequested true once everything should stop
     * @param progress told how far the study is
     * @param nanoClock nanoseconds that only grow
     */
    public record Surroundings(
            Engine engine,
            RunStore store,
            Manifest manifest,
            BooleanSupplier stopRequested,
            Progress progress,
            LongSupplier nanoClock) {}

    public StudyRunner(Surroundings surroundings) {
        this(surroundings, OptionalInt.empty());
    }

    /** {@code chunk}: how many replicas to train together; empty: as many as the memory holds. Numbers do not depend on it. */
    public StudyRunner(Surroundings surroundings, OptionalInt chunk) {
        this.surroundings = surroundings;
        this.chunk = chunk;
    }

    /** The whole plan of a scale. */
    public StudyReport run(Study study, Scale scale) {
        return run(study, scale, study.plan(scale));
    }

    /**
     * A plan, perhaps changed by {@link Overrides}; {@link #check} comes first.
     *
     * @throws IllegalArgumentException before anything is written, if the check refuses the plan
     */
    public StudyReport run(Study study, Scale scale, List<RunSpec> plan) {
        check(study, plan);
        surroundings.progress().planned(plan);
        Workload workload = new Workload(study, plan, surroundings.store());
        List<RunResult> results = new ArrayList<>();
        for (RunSpec spec : plan) {
            RunResult result = runOrSkip(study, spec, workload);
            workload.finish(spec);
            surroundings.progress().ended(result);
            results.add(result);
        }
        return report(study, scale, results);
    }

    /**
     * Refuses a plan that cannot be carried out here; writes nothing.
     *
     * @throws IllegalArgumentException if settings do not go together, a run lacks one that it builds on, or an interrupted run
     *     belongs to another engine
     */
    public void check(Study study, List<RunSpec> plan) {
        TrainingSession.checkpointNanos();
        RunStore store = surroundings.store();
        Set<RunId> planned = new HashSet<>();
        for (RunSpec spec : plan) {
            planned.add(spec.id());
            if (store.stateOf(spec) != RunState.DONE) {
                study.experiment(spec).check();
                study.experiment(spec).needs().forEach(needed -> requirePlanned(spec, needed, planned));
                EarlierWork.of(store.pathOf(spec))
                        .requireContinuable(spec, surroundings.manifest().engine());
            }
        }
    }

    private void requirePlanned(RunSpec spec, RunSpec needed, Set<RunId> planned) {
        if (!planned.contains(needed.id()) && surroundings.store().stateOf(needed) != RunState.DONE) {
            throw new IllegalArgumentException("Run " + spec.name() + " builds on run " + needed.name() + " ("
                    + needed.id().shortForm() + "), which is neither done in "
                    + surroundings.store().pathOf(needed)
                    + " nor before it in the plan. Plan both, and change settings of both alike.");
        }
    }

    private RunResult runOrSkip(Study study, RunSpec spec, Workload workload) {
        RunStore store = surroundings.store();
        if (store.stateOf(spec) == RunState.DONE) {
            String note = EarlierWork.of(store.pathOf(spec))
                    .remark(surroundings.manifest().engine());
            return new RunResult(spec, store.pathOf(spec), RunResult.Kind.SKIPPED, replicas(spec), failed(spec), note);
        }
        if (surroundings.stopRequested().getAsBoolean()) {
            return new RunResult(spec, store.pathOf(spec), RunResult.Kind.NOT_STARTED, 0, 0, "");
        }
        surroundings.progress().started(spec);
        try (RunFolder folder = store.open(spec)) {
            return run(study.experiment(spec), spec, folder, workload);
        }
    }

    private RunResult run(Experiment experiment, RunSpec spec, RunFolder folder, Workload workload) {
        folder.start(surroundings.manifest());
        try {
            Ending ending = experiment.run(context(folder, spec, workload));
            return close(ending, spec, folder);
        } catch (DeviceException e) {
            folder.note("Stopped by the device: " + e.getMessage());
            folder.interrupted();
            throw e;
        } catch (RuntimeException e) {
            String reason = e.getClass().getSimpleName() + ": " + e.getMessage();
            folder.failed(reason);
            return new RunResult(spec, folder.path(), RunResult.Kind.FAILED, 0, 0, reason);
        }
    }

    private RunContext context(RunFolder folder, RunSpec spec, Workload workload) {
        return new RunContext(
                surroundings.engine(),
                folder,
                this::folderOf,
                surroundings.stopRequested(),
                (step, steps) -> surroundings.progress().advanced(spec, step, steps, workload.share(spec, step, steps)),
                surroundings.nanoClock(),
                chunk);
    }

    private Path folderOf(RunSpec earlier) {
        RunStore store = surroundings.store();
        if (store.stateOf(earlier) != RunState.DONE) {
            throw new IllegalStateException("It builds on the run " + earlier.name() + " ("
                    + earlier.id().shortForm() + "), which is not done. Remove what stopped that run, and resume.");
        }
        return store.pathOf(earlier);
    }

    private static RunResult close(Ending ending, RunSpec spec, RunFolder folder) {
        if (ending.complete()) {
            folder.done();
        } else {
            folder.interrupted();
        }
        RunResult.Kind kind = ending.complete() ? RunResult.Kind.COMPLETED : RunResult.Kind.INTERRUPTED;
        return new RunResult(spec, folder.path(), kind, ending.replicas(), ending.failedReplicas(), "");
    }

    private int replicas(RunSpec spec) {
        return MetricTable.read(surroundings.store().pathOf(spec)).replicas();
    }

    private int failed(RunSpec spec) {
        return Replicas.failed(MetricTable.read(surroundings.store().pathOf(spec)));
    }

    private static StudyReport report(Study study, Scale scale, List<RunResult> results) {
        String title = study.title() + ", " + scale.word();
        StudyReport bare =
                new StudyReport(study, scale, results, new VerdictTable(title, List.of()), List.of(), List.of());
        if (bare.isInterrupted()) {
            return bare;
        }
        Map<String, Evidence.Run> runs = read(results);
        Analysis analysis = study.analyse(scale, new Evidence(runs));
        List<ReplicaSummary> summaries = new ArrayList<>();
        runs.forEach((name, run) -> summaries.addAll(ReplicaSummary.of(name, run.table())));
        return new StudyReport(
                study, scale, results, new VerdictTable(title, analysis.verdicts()), analysis.figures(), summaries);
    }

    /** Reads back what complete runs wrote, from the disk: an analysis never sees numbers that were not stored. */
    public static Map<String, Evidence.Run> read(List<RunResult> results) {
        Map<String, Evidence.Run> runs = new LinkedHashMap<>();
        for (RunResult result : results) {
            if (result.isDone()) {
                runs.put(result.spec().name(), new Evidence.Run(result.spec(), MetricTable.read(result.folder())));
            }
        }
        return runs;
    }
}

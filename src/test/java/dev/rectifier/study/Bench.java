package dev.rectifier.study;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.record.Manifest;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.RunStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/** Runs studies on the CPU engine into a temporary store. */
public final class Bench implements AutoCloseable {
    private final Engine engine = Engines.open("cpu", EngineOptions.defaults()).engine();
    private final Path folder;
    private final String signature;

    public Bench(Path folder) {
        this(folder, "cpu");
    }

    /** Signs manifests with another engine's name. */
    Bench(Path folder, String signature) {
        this.folder = folder;
        this.signature = signature;
    }

    public Engine engine() {
        return engine;
    }

    public StudyReport run(Study study, Scale scale, List<RunSpec> plan) {
        return run(study, scale, plan, () -> false);
    }

    StudyReport run(Study study, Scale scale, List<RunSpec> plan, BooleanSupplier stop) {
        return run(engine, study, scale, plan, stop);
    }

    /** Runs a plan on an engine of the caller. */
    StudyReport run(Engine chosen, Study study, Scale scale, List<RunSpec> plan, BooleanSupplier stop) {
        return runner(chosen, stop, OptionalInt.empty()).run(study, scale, plan);
    }

    /** Runs a plan in chunks of so many replicas. */
    StudyReport run(Study study, List<RunSpec> plan, BooleanSupplier stop, int chunk) {
        return runner(engine, stop, OptionalInt.of(chunk)).run(study, Scale.SMOKE, plan);
    }

    /** The same at any scale. */
    public StudyReport run(Study study, Scale scale, List<RunSpec> plan, int chunk, BooleanSupplier stop) {
        return runner(engine, stop, OptionalInt.of(chunk)).run(study, scale, plan);
    }

    private StudyRunner runner(Engine chosen, BooleanSupplier stop, OptionalInt chunk) {
        Manifest manifest = Manifest.starting(
                new Manifest.Code("test", "unknown"),
                new Manifest.EngineFacts(
                        signature,
                        engine.info().device(),
                        chosen.info().options().mathMode().name(),
                        "REPLICA",
                        Map.of()),
                1,
                Map.of(),
                List.of("test"));
        return new StudyRunner(
                new StudyRunner.Surroundings(
                        chosen, RunStore.at(folder), manifest, stop, Progress.NONE, System::nanoTime),
                chunk);
    }

    @Override
    public void close() {
        engine.close();
    }
}

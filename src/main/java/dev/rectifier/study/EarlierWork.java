package dev.rectifier.study;

import dev.rectifier.record.CheckpointStore;
import dev.rectifier.record.Manifest;
import dev.rectifier.record.RunFolder;
import dev.rectifier.record.RunSpec;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an earlier process left of a run, seen from the engine of this one. Writes nothing.
 *
 * @param folder the run's
 * @param engine the engine that worked on it last; empty if none did
 */
record EarlierWork(Path folder, Optional<Manifest.EngineFacts> engine) {
    static EarlierWork of(Path folder) {
        return new EarlierWork(folder, RunFolder.readManifest(folder).map(Manifest::engine));
    }

    /**
     * Refuses to go on with another engine's run: its bits would differ from those of a run in one piece. A run without
     * checkpoints begins anew, so nothing of the other engine is left in it.
     */
    void requireContinuable(RunSpec spec, Manifest.EngineFacts now) {
        engine.filter(before -> !before.name().equals(now.name()) && hasCheckpoint())
                .ifPresent(before -> {
                    throw new IllegalArgumentException("Run " + spec.name() + " in " + folder + " was begun by engine "
                            + before.name() + " on " + before.device() + " and cannot go on by engine " + now.name()
                            + " on "
                            + now.device() + ". Give --engine " + before.name() + ", or another --out to begin anew.");
                });
    }

    private boolean hasCheckpoint() {
        return !CheckpointStore.reading(folder, ignored -> {}).steps().isEmpty();
    }

    /** What to say of a finished run that another engine or device made; else empty. */
    String remark(Manifest.EngineFacts now) {
        return engine.filter(before ->
                        !before.name().equals(now.name()) || !before.device().equals(now.device()))
                .map(before -> "by engine " + before.name() + " on " + before.device() + ", not by " + now.name()
                        + " on " + now.device() + "; give another --out to run it again: " + folder)
                .orElse("");
    }
}

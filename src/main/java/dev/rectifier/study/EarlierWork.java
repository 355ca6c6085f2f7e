package dev.rectifier.study;

import dev.rectifier.record.CheckpointStore;
import dev.rectifier.record.Manifest;
import dev.rectifier.record.RunFolder;
import dev.rectifier.record.RunSpec;
import java.nio.file.Path;
import java.util.Locale;
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
     * Refuses to go on with a run of another engine or another arithmetic: its bits would differ from those of a run in one
     * piece. A run without checkpoints begins anew, so nothing of the other engine is left in it.
     */
    void requireContinuable(RunSpec spec, Manifest.EngineFacts now) {
        engine.filter(before -> !before.mathMode().equals(now.mathMode()) && hasCheckpoint())
                .ifPresent(before -> {
                    throw new IllegalArgumentException("Run " + spec.name() + " in " + folder
                            + " was begun with products in " + before.mathMode() + " and cannot go on in "
                            + now.mathMode() + ". Give --math "
                            + before.mathMode().toLowerCase(Locale.ROOT)
                            + ", or another --out to begin anew.");
                });
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

    /** What to say of a finished run that another engine, device or arithmetic made; else empty. */
    String remark(Manifest.EngineFacts now) {
        return engine.filter(before -> !maker(before).equals(maker(now)))
                .map(before -> "by engine " + maker(before) + ", not by " + maker(now)
                        + "; give another --out to run it again: " + folder)
                .orElse("");
    }

    private static String maker(Manifest.EngineFacts facts) {
        String arithmetic = facts.mathMode().equals("IEEE") ? "" : " in " + facts.mathMode();
        return facts.name() + " on " + facts.device() + arithmetic;
    }
}

package dev.rectifier.study;

import dev.rectifier.record.RunSpec;
import java.nio.file.Path;

/**
 * What became of one planned run.
 *
 * @param spec the run
 * @param folder where it lies
 * @param kind how it ended
 * @param replicas R; 0 if unknown
 * @param failedReplicas replicas whose numbers stopped being finite
 * @param message why it failed, or what a reader of a skipped run must know; else empty
 */
public record RunResult(RunSpec spec, Path folder, Kind kind, int replicas, int failedReplicas, String message) {
    /** How a run ended. */
    public enum Kind {
        /** Carried out now, to the end. */
        COMPLETED,
        /** Done by an earlier process. */
        SKIPPED,
        /** Stopped on request; can be resumed. */
        INTERRUPTED,
        /** An error ended it. */
        FAILED,
        /** Not begun, because a stop was requested before. */
        NOT_STARTED
    }

    /** True if its metrics are whole. */
    public boolean isDone() {
        return kind == Kind.COMPLETED || kind == Kind.SKIPPED;
    }
}

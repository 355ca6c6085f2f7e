package dev.rectifier.train;

import java.util.List;

/**
 * How a run ended.
 *
 * @param end why
 * @param step updates done
 * @param replicas status of each
 */
public record Outcome(End end, long step, List<ReplicaStatus> replicas) {
    public Outcome {
        replicas = List.copyOf(replicas);
    }

    /** Why a run ended. */
    public enum End {
        /** All steps are done. */
        COMPLETED,
        /** A stop was requested; a checkpoint was made. */
        INTERRUPTED,
        /** The stop rule found that no replica moves any more; listeners had their last call. */
        ALL_FROZEN
    }

    /** Number of replicas that failed. */
    public long failures() {
        return replicas.stream().filter(ReplicaStatus::hasFailed).count();
    }
}

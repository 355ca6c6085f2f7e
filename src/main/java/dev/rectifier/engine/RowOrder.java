package dev.rectifier.engine;

import java.util.Optional;

/** Which rows of a finite set the replicas take at each step. Asked by several threads at once. */
public interface RowOrder {
    /** The rows of one step. */
    @FunctionalInterface
    interface Step {
        /** Writes the N row numbers of a replica to {@code rows[at .. at + N - 1]}. */
        void write(int[] rows, int at, int replica);
    }

    /** The rows of a step; what all replicas have in common is worked out here. */
    Step at(long step);

    /** Whether all replicas take the same rows. */
    default boolean isShared() {
        return false;
    }

    /** How a device works out the same rows; empty where only this order knows them. */
    default Optional<RowRule> rule() {
        return Optional.empty();
    }
}

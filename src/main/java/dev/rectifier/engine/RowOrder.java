package dev.rectifier.engine;

/** Which rows of a finite set a replica takes at a step. Asked by several threads at once, each for replicas of its own. */
@FunctionalInterface
public interface RowOrder {
    /** Writes the N row numbers of {@code step} to {@code rows[0 .. N - 1]}. */
    void write(int[] rows, int replica, long step);

    /** Whether all replicas take the same rows. */
    default boolean isShared() {
        return false;
    }
}

package dev.rectifier.data;

import dev.rectifier.engine.View;

/** Whether all replicas see one thing or each its own. */
public enum Sharing {
    /** Each replica draws from its own stream. */
    PER_REPLICA,
    /** All replicas see what the first stream gives. */
    SHARED;

    /** Blocks that have to be stored for R replicas. */
    long blocks(long replicas) {
        return this == SHARED ? 1 : replicas;
    }

    /** What R replicas see of {@code stored}, a view with one block or with R. */
    static View seenBy(View stored, long replicas) {
        if (stored.replicas() == replicas) {
            return stored;
        }
        return new View(
                stored.buffer(), stored.offset(), 0, stored.shape().tail().prepend(replicas));
    }
}

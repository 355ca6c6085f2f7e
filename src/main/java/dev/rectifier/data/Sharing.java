package dev.rectifier.data;

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
}

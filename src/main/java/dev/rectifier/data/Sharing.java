package dev.rectifier.data;

/** Whether all replicas see one thing or each its own. */
public enum Sharing {
    /** Each replica draws from its own stream. */
    PER_REPLICA,
    /**
     * All replicas see what the first stream gives. Where an ensemble is trained in chunks, that has to be the stream of the
     * ensemble's first replica, not of the chunk's ({@code study.Chunk.shared}).
     */
    SHARED;

    /** Blocks that have to be stored for R replicas. */
    long blocks(long replicas) {
        return this == SHARED ? 1 : replicas;
    }
}

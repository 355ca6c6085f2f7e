package dev.rectifier.engine;

/** How repeatable results are; an operation that cannot keep the level asked for refuses. */
public enum Determinism {
    /**
     * Same version, same device model, same spec: the same bits of every weight and metric, whatever the number of
     * replicas beside it, the chunking and the number of interruptions. The default.
     */
    REPLICA,
    /** The same call twice gives the same bits; a different number of replicas may not. */
    RUN,
    /** No promise. */
    FAST
}

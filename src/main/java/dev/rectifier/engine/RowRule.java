package dev.rectifier.engine;

import dev.rectifier.tensor.HostTensor;

/**
 * How to work out the rows of a {@link RowOrder} from (key, id, step) alone, for an engine that makes them on its device.
 *
 * @param kind the rule
 * @param examples M, the size of the set
 * @param batch N; a step takes places (step mod ceil(M / N)) N + n of its epoch, the last step of an epoch what is left
 * @param streams I64 [R, 2], or [1, 2] where all replicas take the same rows: key and id
 */
public record RowRule(Kind kind, int examples, int batch, HostTensor streams) {
    /** How the place within an epoch becomes a row. */
    public enum Kind {
        /** The place itself. */
        SEQUENTIAL,
        /** An independent draw by the rule of {@link RandomOps#integers}, whatever the place. */
        WITH_REPLACEMENT,
        /** By a keyed permutation of large sets. */
        PERMUTED,
        /** By a shuffle of the whole epoch, up to 4096 examples. */
        SHUFFLED
    }
}

package dev.rectifier.study;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.Collections;

/**
 * Consecutive replicas of an ensemble that are trained together. What is drawn for a replica depends on its number in the whole
 * ensemble alone, so the bits do not depend on how an ensemble is cut.
 *
 * @param first number of its first replica
 * @param count how many
 * @param of R of the whole ensemble
 */
public record Chunk(int first, int count, int of) {
    public Chunk {
        if (first < 0 || count < 1 || first > of - count) {
            throw new IllegalArgumentException("Replicas " + first + " to " + (first + (long) count - 1)
                    + " are no chunk of an ensemble of " + of + ".");
        }
    }

    /** All replicas. */
    public static Chunk whole(int replicas) {
        return new Chunk(0, replicas, replicas);
    }

    /** Whether it is the whole ensemble. */
    public boolean isWhole() {
        return count == of;
    }

    /** One stream per replica of the chunk, named by its number in the ensemble. */
    public Streams streams(SeedTree node) {
        return Streams.range(node, first, count);
    }

    /** What of the streams of all replicas belongs to the chunk. */
    public Streams of(Streams all) {
        return new Streams(all.node(), all.ids().subList(first, first + count));
    }

    /**
     * For what all replicas of the ensemble share: streams that begin with that of the ensemble's first replica.
     *
     * @param all of the whole ensemble, or of its first replica alone
     */
    public Streams shared(Streams all) {
        return first == 0 && all.replicas() >= count
                ? new Streams(all.node(), all.ids().subList(0, count))
                : new Streams(all.node(), Collections.nCopies(count, all.ids().get(0)));
    }

    /** Rows of the chunk of a tensor [R, ...]; one of [1, ...], which all share, as it is. */
    public HostTensor of(HostTensor all) {
        if (isWhole() || (all.shape().dim(0) == 1 && of != 1)) {
            return all;
        }
        HostTensor rows = HostTensor.zeros(all.dtype(), all.shape().tail().prepend(count));
        int block = Math.toIntExact(all.shape().tail().size());
        System.arraycopy(all.array(), Math.multiplyExact(first, block), rows.array(), 0, rows.length());
        return rows;
    }

    /** {@code replicas 0 to 1364 of 4096}. */
    @Override
    public String toString() {
        return "replicas " + first + " to " + (first + count - 1) + " of " + of;
    }
}

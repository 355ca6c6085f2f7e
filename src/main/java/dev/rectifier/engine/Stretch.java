package dev.rectifier.engine;

import java.util.Arrays;
import java.util.Optional;

/**
 * Consecutive steps with batches of one size.
 *
 * @param first number of the first step
 * @param factors of the learning-rate schedule, one per step
 * @param lossScale what the sum of a batch's loss terms is multiplied by
 * @param ring what is kept on the way, and where
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, compared by nobody
public record Stretch(long first, double[] factors, double lossScale, Optional<Ring> ring) {
    /** Keeps nothing on the way. */
    public Stretch(long first, double[] factors, double lossScale) {
        this(first, factors, lossScale, Optional.empty());
    }

    public int steps() {
        return factors.length;
    }

    /** Steps {@code from .. from + count - 1} of these, with the slots that they fill. */
    public Stretch part(int from, int count) {
        return new Stretch(
                first + from,
                Arrays.copyOfRange(factors, from, from + count),
                lossScale,
                ring.map(all -> all.part(from, count)).filter(part -> part.after().length > 0));
    }

    /** The same, keeping nothing. */
    public Stretch unkept() {
        return new Stretch(first, factors, lossScale);
    }
}

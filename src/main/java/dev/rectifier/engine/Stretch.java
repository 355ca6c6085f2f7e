package dev.rectifier.engine;

/**
 * Consecutive steps with batches of one size.
 *
 * @param first number of the first step
 * @param factors of the learning-rate schedule, one per step
 * @param lossScale what the sum of a batch's loss terms is multiplied by
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, compared by nobody
public record Stretch(long first, double[] factors, double lossScale) {
    public int steps() {
        return factors.length;
    }
}

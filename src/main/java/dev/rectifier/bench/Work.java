package dev.rectifier.bench;

/**
 * What one call (one training step) counts for, all replicas together.
 *
 * @param bytes that must at least cross the device's memory: every operand read once, every result written once; 0 where the
 *     numbers stay on the chip
 * @param flops multiplications and additions of the textbook formula
 * @param samples examples times replicas; 0 where that means nothing
 */
public record Work(double bytes, double flops, double samples) {
    /** The same work without memory traffic. */
    public Work resident() {
        return new Work(0, flops, samples);
    }
}

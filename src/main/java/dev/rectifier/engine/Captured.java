package dev.rectifier.engine;

/** Recorded steps; made by {@link CaptureOps#open}. Close it before the arena it borrows from. */
public interface Captured extends AutoCloseable {
    /**
     * Does the work of the steps {@code first .. first + count - 1}: what single steps would have done, bit for bit. May
     * return before it is done.
     */
    void run(long first, long count);

    /** What was recorded and how often it was done. */
    Counts counts();

    /**
     * What recorded work took.
     *
     * @param operations kernels and copies of one step, clock included; 0 while nothing is recorded
     * @param steps done by launches of recorded work
     * @param launches of recorded work, each one call of the driver
     * @param singles steps done operation by operation
     */
    record Counts(long operations, long steps, long launches, long singles) {
        /** Nothing yet. */
        public static final Counts NONE = new Counts(0, 0, 0, 0);

        /** Of both; the operations are those of the longer step. */
        public Counts plus(Counts other) {
            return new Counts(
                    Math.max(operations, other.operations),
                    steps + other.steps,
                    launches + other.launches,
                    singles + other.singles);
        }
    }

    /** Gives back what it holds; logs and never throws on a failing release. */
    @Override
    void close();
}

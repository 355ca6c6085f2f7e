package dev.rectifier.engine;

import java.util.Optional;

/**
 * Steps recorded once and done again by one call, without the host between their operations: the way to train networks
 * whose single operations take less time than asking for them. An engine does not have to have it.
 *
 * <p>What changes from step to step is no number of the host's in recorded work. While a step is recorded, operations that
 * take the number of a step ({@link RandomOps}, {@link UpdateOps#guard}, and those here) note its distance from the first
 * recorded one and count, when they are done, from the step that a clock on the device shows. Numbers that are no function
 * of the step alone stand in tables on the device, those of step s in slot s mod S; the operations here read them.
 */
public interface CaptureOps {
    /** An engine without. */
    CaptureOps NONE = new CaptureOps() {
        private static final String WHY = "this engine records no steps";

        @Override
        public Optional<String> refusal() {
            return Optional.of(WHY);
        }

        @Override
        public Arena openTables() {
            throw new UnsupportedOperationException(WHY);
        }

        @Override
        public Captured open(Arena tables, Work work) {
            throw new UnsupportedOperationException(WHY);
        }

        @Override
        public void gather(View y, View x, View rows, long step) {
            throw new UnsupportedOperationException(WHY);
        }

        @Override
        public void guardedStep(GuardedUpdate update, View factors, long step) {
            throw new UnsupportedOperationException(WHY);
        }
    };

    /**
     * The operations of one step, asked of the engine in an order that is the same at every step. Called for single steps
     * and to record; then nothing may be allocated, uploaded, downloaded or waited for, unless the first call did it once
     * for all.
     */
    @FunctionalInterface
    interface Work {
        void ask(long step);
    }

    /** Why this engine cannot record, in words that complete «step by step: ...»; empty if it can. */
    Optional<String> refusal();

    /**
     * Opens a scope for tables and clocks. It is the engine's own memory, as its scratch is: not among the bytes in use, nor
     * in a memory plan.
     */
    Arena openTables();

    /**
     * Makes ready to record.
     *
     * @param tables lends room for a clock until the result is closed
     */
    Captured open(Arena tables, Work work);

    /**
     * y[r,n,:] = x[r, rows[r, step mod S, n], :], see {@link PointwiseOps#gather}.
     *
     * @param y [R, N, D] out, not x; any one type
     * @param x [R, M, D], may be shared
     * @param rows I32 [R, S, N or more], may be shared
     */
    void gather(View y, View x, View rows, long step);

    /**
     * {@link UpdateOps#guardedStep} with the factor factors[r, step mod S]; the same bits.
     *
     * @param factors F64 [R, S], may be shared
     */
    void guardedStep(GuardedUpdate update, View factors, long step);
}

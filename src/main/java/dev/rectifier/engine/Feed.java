package dev.rectifier.engine;

import java.util.Optional;

/** Where the batches of a stretch come from; each is a pure function of (replica, step). */
public sealed interface Feed {
    /** N: examples per replica and step. */
    int examples();

    /**
     * Fresh inputs: element i of step s is number i of block s of the replica's stream, as {@link RandomOps} makes them.
     *
     * @param streams I64 [R, 2], may be shared
     * @param normal standard normal numbers times {@code second} plus {@code first}; else uniform in [first, second)
     * @param examples N
     */
    record Stream(View streams, boolean normal, double first, double second, int examples) implements Feed {}

    /**
     * Rows of a finite set.
     *
     * @param x [R, M, D], may be shared
     * @param targets values [R, M, K] or I32 labels [R, M], may be shared; empty where a teacher says them
     * @param order which rows
     * @param examples N
     */
    record Rows(View x, Optional<View> targets, RowOrder order, int examples) implements Feed {}

    /** All of N(0, I_D), whose expectation stands for one example; for tasks that see the {@link ResidentTask.Inputs#POPULATION}. */
    record Population() implements Feed {
        @Override
        public int examples() {
            return 1;
        }
    }
}

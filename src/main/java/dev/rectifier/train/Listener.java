package dev.rectifier.train;

/**
 * Looks at a training run: called before every update, and once more after the last, so for steps 0 .. {@code steps}. Put it
 * under a {@link Cadence} to be called less often.
 *
 * <p>An interrupted and resumed run calls it exactly once per step; a run that died and was resumed from an older checkpoint
 * calls it again for the steps since then, with the same numbers.
 */
@FunctionalInterface
public interface Listener {
    /** Called between updates, in the thread of the trainer. */
    void observe(TrainState state);

    /**
     * The first of the steps {@code from .. to - 1} at which it has something to do, {@code to} if there is none: between two
     * such steps the trainer may leave it out, and train as fast as it can. Every step, unless under a cadence.
     */
    default long next(long from, long to, long steps) {
        return from;
    }

    /**
     * Whether it may be called for a step when training is further on, so that training need not stand still for it. The state
     * then has step, parameters, loss and status as they were, to the bit, and no gradient; calls still come in the order of
     * the steps, and all those before a checkpoint's step before that checkpoint. False unless said: a listener that decides
     * about the run, by asking it to stop or by throwing, must not say so, for the trainer is further on by then.
     */
    default boolean looksBack() {
        return false;
    }
}

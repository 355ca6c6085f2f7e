package dev.rectifier.train;

/** Told how far a run is; called after every update, so it must be quick and decide itself when to show. */
@FunctionalInterface
public interface Progress {
    /** Nobody is told. */
    Progress NONE = (step, steps) -> {};

    /** {@code step} of {@code steps} updates are asked for; the device may still be at work on the last. */
    void at(long step, long steps);
}

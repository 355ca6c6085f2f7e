package dev.rectifier.engine;

/** Why a replica no longer moves; the ordinal is the code kept in {@link Health#cause()}. */
public enum FreezeCause {
    /** Still training. */
    NONE,
    /** The loss stopped being finite. */
    LOSS,
    /** A gradient entry stopped being finite. */
    GRADIENT,
    /** The next weights or optimiser state would not be finite. */
    WEIGHT,
    /** Asked to stop (stopping rule), not a failure. */
    STOPPED
}

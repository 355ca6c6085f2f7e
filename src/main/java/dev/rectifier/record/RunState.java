package dev.rectifier.record;

/** Where a run stands. */
public enum RunState {
    /** Nothing was done yet. */
    NEW,
    /** A living process holds it. */
    RUNNING,
    /** It was begun and is held by nobody: it can be resumed. */
    INTERRUPTED,
    /** It ended with an error, which the file FAILED states. */
    FAILED,
    /** It is complete. */
    DONE
}

package dev.rectifier.train;

/** How a trainer asks the engine for its steps. Never changes the numbers on the CPU. */
public enum Way {
    /** RESIDENT where the engine takes the task so, else CAPTURED where it can record, else STEPWISE. */
    AUTO,
    /** Whole stretches in one call, weights close to the arithmetic; refused where the engine cannot. */
    RESIDENT,
    /** Steps recorded once and replayed, several by one call; refused where the engine or the data source cannot. */
    CAPTURED,
    /** Operation by operation. */
    STEPWISE
}

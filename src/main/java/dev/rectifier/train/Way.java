package dev.rectifier.train;

/** How a trainer asks the engine for its steps. Never changes the numbers on the CPU. */
public enum Way {
    /** RESIDENT where the engine takes the task so, else STEPWISE. */
    AUTO,
    /** Whole stretches in one call, weights close to the arithmetic; refused where the engine cannot. */
    RESIDENT,
    /** Operation by operation. */
    STEPWISE
}

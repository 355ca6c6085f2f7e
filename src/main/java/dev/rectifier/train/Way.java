package dev.rectifier.train;

/**
 * How a trainer asks the engine for its steps. CAPTURED has the bits of STEPWISE, on the CPU, and wherever a step sees all inputs at
 * once, RESIDENT has them too; STREAMED sums outputs in another order.
 */
public enum Way {
    /** RESIDENT where the engine takes the task so, else STREAMED, else CAPTURED where it can record, else STEPWISE. */
    AUTO,
    /** Whole stretches in one call, weights close to the arithmetic; refused where the engine cannot. */
    RESIDENT,
    /** One pass over the weights per step, for wide networks with one hidden layer; refused for others. */
    STREAMED,
    /** Steps recorded once and replayed, several by one call; refused where the engine or the data source cannot. */
    CAPTURED,
    /** Operation by operation. */
    STEPWISE
}

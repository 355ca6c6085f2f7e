package dev.rectifier.train;

/**
 * How a network is trained, as a value. Batches come from the data source, so their size stands there.
 *
 * @param loss what is minimised
 * @param optimiser how
 * @param schedule of the learning rate
 * @param steps how many updates
 * @param constraints projections and frozen layers
 * @param stopRule when a replica stops before the last step
 */
public record TrainSpec(
        Loss loss, Optimiser optimiser, Schedule schedule, long steps, Constraints constraints, StopRule stopRule) {
    public TrainSpec {
        if (steps < 0) {
            throw new IllegalArgumentException("steps must not be negative, but is " + steps + ".");
        }
    }

    /** Constant rate, no constraints, no stop rule. */
    public static TrainSpec of(Loss loss, Optimiser optimiser, long steps) {
        return new TrainSpec(loss, optimiser, Schedule.CONSTANT, steps, Constraints.NONE, StopRule.NEVER);
    }

    public TrainSpec withOptimiser(Optimiser newOptimiser) {
        return new TrainSpec(loss, newOptimiser, schedule, steps, constraints, stopRule);
    }

    public TrainSpec withSchedule(Schedule newSchedule) {
        return new TrainSpec(loss, optimiser, newSchedule, steps, constraints, stopRule);
    }

    public TrainSpec withSteps(long newSteps) {
        return new TrainSpec(loss, optimiser, schedule, newSteps, constraints, stopRule);
    }

    public TrainSpec withConstraints(Constraints newConstraints) {
        return new TrainSpec(loss, optimiser, schedule, steps, newConstraints, stopRule);
    }

    public TrainSpec withStopRule(StopRule newStopRule) {
        return new TrainSpec(loss, optimiser, schedule, steps, constraints, newStopRule);
    }
}

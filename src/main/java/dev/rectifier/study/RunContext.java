package dev.rectifier.study;

import dev.rectifier.engine.Engine;
import dev.rectifier.record.RunFolder;
import dev.rectifier.train.Progress;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What surrounds one run.
 *
 * @param engine computes; the caller's
 * @param folder the run's, held exclusively
 * @param earlier complete runs that this one may build on
 * @param stopRequested true once the run should end with a checkpoint
 * @param progress told after every step
 * @param nanoClock nanoseconds that only grow, for the spacing of checkpoints
 * @param chunk how many replicas to train together; empty: as many as the memory holds. Numbers do not depend on it
 */
public record RunContext(
        Engine engine,
        RunFolder folder,
        EarlierRuns earlier,
        BooleanSupplier stopRequested,
        Progress progress,
        LongSupplier nanoClock,
        OptionalInt chunk) {}

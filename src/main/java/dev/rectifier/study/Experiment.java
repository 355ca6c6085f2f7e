package dev.rectifier.study;

import dev.rectifier.record.RunSpec;
import java.util.List;
import java.util.Optional;

/** Carries out one run. */
public interface Experiment {
    /**
     * Runs to the end, or to a stop request, writing metrics and checkpoints into the context's folder; continues from the
     * folder's last checkpoint if there is one.
     */
    Ending run(RunContext context);

    /**
     * Refuses settings that do not go together, before anything is written for the run.
     *
     * @throws IllegalArgumentException saying which and why
     */
    default void check() {}

    /** Runs of the same study whose results it takes through {@link RunContext#earlier}; they come before it in a plan. */
    default List<RunSpec> needs() {
        return List.of();
    }

    /** What it trains, for a plan; empty where it trains no ensemble. */
    default Optional<Ensemble> ensemble() {
        return Optional.empty();
    }

    /** About how much work it is, in flops; shares of it make a study's progress. */
    double cost();
}

package dev.rectifier.engine.cuda;

import dev.rectifier.engine.View;
import java.util.Optional;

/**
 * How kernels are told the number of a step: by itself, or, while steps are recorded, by its distance from the first
 * recorded one together with a word on the device that will show where the replay begins.
 */
final class StepClock {
    private Optional<View> shown = Optional.empty();
    private long first;

    /** From now on steps count from {@code newFirst}, and launches are given the clock I64 [1], one for all replicas. */
    void record(View clock, long newFirst) {
        shown = Optional.of(clock);
        first = newFirst;
    }

    /** Steps are told by themselves again. */
    void rest() {
        shown = Optional.empty();
        first = 0;
    }

    /** The next array of a launch: the clock, if steps count from one. */
    Launch show(Launch launch) {
        return launch.view(shown);
    }

    /** What a launch is told of a step. */
    long count(long step) {
        return step - first;
    }
}

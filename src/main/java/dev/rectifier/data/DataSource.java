package dev.rectifier.data;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.DraftEngine;
import dev.rectifier.engine.Feed;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a training loop gets its batches: fixed buffers, filled again at every step.
 *
 * <p>The batch of a step is a pure function of the step, so resuming needs no state. Buffers belong to the arena the source
 * was made in.
 */
public interface DataSource {
    /** R. */
    long replicas();

    /** D. */
    long inputs();

    /** Element type of the inputs. */
    DType dtype();

    /** Largest N of any step. */
    long largestBatch();

    /** Smallest N of any step: less than the largest where the last batch of an epoch is smaller. */
    long smallestBatch();

    /**
     * Fills and returns the batch of this step; valid until the next call. Steps with the same N return the same object, so
     * views of it may be kept. Allocates nothing on the device.
     */
    Batch batch(long step);

    /**
     * The batch of this step and of those after it that are of the same size, for engines that train whole stretches; empty
     * where the source has no such form. Steps with the same N return the same object.
     */
    default Optional<Feed> feed(long step) {
        return Optional.empty();
    }

    /** How many steps from {@code step} on, {@code most} of them at most, have batches of one size. */
    default long alike(long step, long most) {
        return Math.min(1, most);
    }

    /**
     * Whether there are no examples but all of N(0, I_D): a step then takes the expectation of the loss in closed form and
     * looks at no batch.
     */
    default boolean isPopulation() {
        return false;
    }

    /**
     * Makes the source's batches for steps that are recorded, with tables in an arena of the caller's; empty where they
     * cannot be recorded.
     */
    default Optional<Function<Arena, RecordedBatches>> recorded() {
        return Optional.empty();
    }

    /**
     * The arrays that it holds on the host, beside what is in arenas: [R, ...], or [1, ...] for all replicas. For plans; a
     * source whose examples were in memory before it does not count them.
     */
    default List<DraftEngine.Entry> host() {
        return List.of();
    }

    /** Everything the batches depend on, as setting to value in a stable order; part of a checkpoint's identity. */
    Map<String, String> describe();
}

package dev.rectifier.study;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.probe.Metrics;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import dev.rectifier.train.TrainingLoop;
import java.util.List;
import java.util.Optional;

/**
 * R networks that are trained alike and watched alike: all of them, or, where memory does not suffice, one {@link Chunk} after
 * another. Stateless.
 */
public interface Ensemble {
    /** R. */
    int replicas();

    /**
     * Makes ready to train some of the replicas, drawing what they need and no more. It also runs on engines that allocate
     * nothing, to find out how much memory is needed, so it must not depend on numbers that it reads back.
     *
     * @param arena for the data; it outlives the result
     */
    Members open(Engine engine, Arena arena, Chunk chunk);

    /** Why its replicas cannot be trained in chunks, in words that complete «it cannot be trained in chunks: ...». */
    default Optional<String> indivisible() {
        return Optional.empty();
    }

    /**
     * Whether its training goes on to the last step even where every replica was frozen before, because its last samples, or what
     * it keeps at given steps, are read whatever became of the replicas. In chunks every training does.
     */
    default boolean goesToTheEnd() {
        return false;
    }

    /** Makes what watches replicas. */
    @FunctionalInterface
    interface Probes {
        /** Listeners with their buffers in {@code arena}, that write to {@code metrics}. */
        List<Listener> make(Arena arena, Metrics metrics);
    }

    /**
     * Replicas ready to be trained.
     *
     * @param loop trains them; closed with the members
     * @param probes watch them
     * @param release what else ends with them, after the loop
     */
    record Members(TrainingLoop loop, Probes probes, Runnable release) implements AutoCloseable {
        /** With nothing else to release. */
        public Members(TrainingLoop loop, Probes probes) {
            this(loop, probes, () -> {});
        }

        /** Trained by a {@link Trainer}. */
        public static Members of(Engine engine, TrainTask task, TrainingSession.Probes probes) {
            Trainer trainer = new Trainer(engine, task);
            return new Members(trainer, (arena, metrics) -> probes.make(trainer, arena, metrics));
        }

        /** The same, and this is done when they are closed. */
        public Members releasing(Runnable action) {
            return new Members(loop, probes, action);
        }

        @Override
        public void close() {
            try {
                loop.close();
            } finally {
                release.run();
            }
        }
    }
}

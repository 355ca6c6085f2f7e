package dev.rectifier.train;

import dev.rectifier.engine.DraftEngine;
import java.util.List;

/** A closed training loop of R networks: a {@link Trainer}, or another that keeps to its ways of resuming and being watched. */
public interface TrainingLoop extends TrainState, AutoCloseable {
    /** Trains from the present step to the last one; order of events as in {@link Trainer#run}. */
    Outcome run(Control control);

    /** So many updates, without listeners, stop rule or checkpoints. */
    void advance(long updates);

    /**
     * Continues from a checkpoint.
     *
     * @return one line per circumstance that is another one now
     * @throws CheckpointException if it belongs to a run with other settings
     */
    List<String> restore(Checkpoint checkpoint);

    /**
     * The memory that {@link #run} takes, and keeps, to let such listeners look back.
     *
     * @param listeners who will watch
     * @param replicas R of the plan
     * @param room bytes free beside everything else
     */
    default MemoryPlan ring(List<Listener> listeners, int replicas, long room) {
        return new MemoryPlan(List.of(), replicas);
    }

    /** The arrays that its data hold on the host. */
    default List<DraftEngine.Entry> host() {
        return List.of();
    }

    /** How it trains and why so, in words that complete «Training ...». */
    String way();

    @Override
    void close();
}

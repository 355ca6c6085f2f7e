package dev.rectifier.engine.cpu;

import dev.rectifier.engine.View;

/** The order of work of one engine. */
final class Queue {
    private static final long PARALLEL_COST =
            1 << 17; // elementary operations below which a fork costs more than it gains

    private final Team team;

    Queue(Team team) {
        this.team = team;
    }

    /**
     * Runs a job over all replicas.
     *
     * @param cost elementary operations per replica, roughly
     * @param written views that the job writes
     * @param read views that the job reads
     */
    void submit(Job job, long cost, View[] written, View... read) {
        int replicas = (int) written[0].replicas();
        if (cost * replicas < PARALLEL_COST) {
            team.runHere(replicas, job);
        } else {
            team.run(replicas, 1, job);
        }
    }

    static View[] writes(View... views) {
        return views;
    }

    /** Finishes everything submitted so far. */
    void flush() {}
}

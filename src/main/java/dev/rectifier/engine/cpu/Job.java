package dev.rectifier.engine.cpu;

/** Work on replicas {@code first .. last - 1}, independent of all other replicas. */
@FunctionalInterface
interface Job {
    void run(int first, int last, Scratch scratch);
}

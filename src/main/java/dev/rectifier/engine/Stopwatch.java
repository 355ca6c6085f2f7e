package dev.rectifier.engine;

/** Marks in the order of an engine's work, timed by its device. */
public interface Stopwatch extends AutoCloseable {
    /** Marks the place behind everything asked for so far. */
    void start();

    /** Marks the end. */
    void stop();

    /** Seconds on the device's clock between the two marks. Waits for the second. */
    double seconds();

    @Override
    void close();
}

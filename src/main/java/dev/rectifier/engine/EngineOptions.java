package dev.rectifier.engine;

/**
 * How an engine is to compute.
 *
 * @param determinism the level of repeatability promised
 * @param mathMode the arithmetic allowed inside products
 * @param threads host threads the engine may use, at least 1 (CPU engine; the CUDA engine ignores it)
 */
public record EngineOptions(Determinism determinism, MathMode mathMode, int threads) {
    public EngineOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads + ".");
        }
    }

    /** Replica-level determinism, IEEE arithmetic, one thread per available core. */
    public static EngineOptions defaults() {
        return new EngineOptions(
                Determinism.REPLICA, MathMode.IEEE, Runtime.getRuntime().availableProcessors());
    }

    public EngineOptions withThreads(int newThreads) {
        return new EngineOptions(determinism, mathMode, newThreads);
    }

    public EngineOptions withDeterminism(Determinism level) {
        return new EngineOptions(level, mathMode, threads);
    }

    public EngineOptions withMathMode(MathMode mode) {
        return new EngineOptions(determinism, mode, threads);
    }
}

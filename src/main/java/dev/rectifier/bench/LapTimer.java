package dev.rectifier.bench;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Stopwatch;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Times what is asked of an engine: from before it is asked until it is done. */
public final class LapTimer implements AutoCloseable {
    private final Engine engine;
    private final LongSupplier nanoClock;
    private final Optional<Stopwatch> stopwatch;
    private double launchesPerCall = Double.NaN;

    public LapTimer(Engine engine, LongSupplier nanoClock) {
        this.engine = engine;
        this.nanoClock = nanoClock;
        this.stopwatch = engine.metering().stopwatch();
    }

    /** Runs {@code work}, which counts as {@code calls} calls. */
    public Lap time(long calls, Runnable work) {
        engine.synchronize();
        long launched = launched();
        long start = nanoClock.getAsLong();
        stopwatch.ifPresent(Stopwatch::start);
        work.run();
        stopwatch.ifPresent(Stopwatch::stop);
        long asked = nanoClock.getAsLong();
        engine.synchronize();
        long done = nanoClock.getAsLong();
        launchesPerCall = stopwatch.isPresent() ? (double) (launched() - launched) / calls : Double.NaN;
        return new Lap(
                calls,
                (done - start) * 1e-9,
                stopwatch.isPresent() ? (asked - start) * 1e-9 : Double.NaN,
                stopwatch.map(Stopwatch::seconds).orElse(Double.NaN));
    }

    private long launched() {
        return engine.metering().launches().orElse(0);
    }

    /** Kernels per call of the last stretch; NaN where unknown. */
    public double launchesPerCall() {
        return launchesPerCall;
    }

    @Override
    public void close() {
        stopwatch.ifPresent(Stopwatch::close);
    }
}

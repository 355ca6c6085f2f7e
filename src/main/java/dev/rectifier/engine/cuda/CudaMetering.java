package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Metering;
import dev.rectifier.engine.Stopwatch;
import java.util.Optional;
import java.util.OptionalLong;

/** What the driver tells of a device, and events on the engine's stream. */
record CudaMetering(CudaContext context) implements Metering {
    @Override
    public Optional<Stopwatch> stopwatch() {
        return Optional.of(new CudaStopwatch(context));
    }

    @Override
    public OptionalLong cacheBytes() {
        return OptionalLong.of(context.cacheBytes());
    }

    @Override
    public OptionalLong launches() {
        return OptionalLong.of(context.launches());
    }
}

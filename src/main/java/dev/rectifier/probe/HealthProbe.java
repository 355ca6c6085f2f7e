package dev.rectifier.probe;

import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;

/** Writes {@code health}: per replica 0 while its numbers are finite, 1 once it froze because they were not. */
public final class HealthProbe implements Listener {
    /** The metric. */
    public static final String METRIC = "health";

    private final Metrics metrics;

    public HealthProbe(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        metrics.append(
                state.step(),
                METRIC,
                state.status().stream().mapToDouble(s -> s.hasFailed() ? 1 : 0).toArray());
    }
}

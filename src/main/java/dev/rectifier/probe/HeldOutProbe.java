package dev.rectifier.probe;

import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;

/**
 * Writes {@code test-loss} and, for labels, {@code test-accuracy} of the student on a held-out set, per replica. For networks of
 * any kind. One forward pass over the set.
 */
public final class HeldOutProbe implements Listener {
    public static final String LOSS = "test-loss";
    public static final String ACCURACY = "test-accuracy";

    private final HeldOut heldOut;
    private final Metrics metrics;

    public HeldOutProbe(HeldOut heldOut, Metrics metrics) {
        this.heldOut = heldOut;
        this.metrics = metrics;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        HeldOut.Score score = heldOut.judge(state.values());
        metrics.append(state.step(), LOSS, score.loss());
        if (!Double.isNaN(score.accuracy()[0])) {
            metrics.append(state.step(), ACCURACY, score.accuracy());
        }
    }
}

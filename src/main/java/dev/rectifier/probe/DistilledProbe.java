package dev.rectifier.probe;

import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;

/**
 * Writes {@code loss}, the mean squared difference to the teacher's outputs, and {@code accuracy} on the labels, of students of a
 * {@link ChainEvaluation}, per replica. One forward pass, shared with other probes.
 */
public final class DistilledProbe implements Listener {
    public static final String LOSS = LossProbe.METRIC;
    public static final String ACCURACY = "accuracy";

    private final ChainEvaluation evaluation;
    private final Metrics metrics;

    public DistilledProbe(ChainEvaluation evaluation, Metrics metrics) {
        this.evaluation = evaluation;
        this.metrics = metrics;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        evaluation.refresh(state);
        metrics.append(state.step(), LOSS, evaluation.loss());
        metrics.append(state.step(), ACCURACY, evaluation.accuracy());
    }
}

package dev.rectifier.probe;

import dev.rectifier.train.Listener;
import dev.rectifier.train.Loss;
import dev.rectifier.train.TrainState;

/** Writes {@code loss}: the squared loss on the evaluation set, per replica. One forward pass, shared with other probes. */
public final class LossProbe implements Listener {
    /** The metric. */
    public static final String METRIC = "loss";

    private final Evaluation evaluation;
    private final Loss.Convention convention;
    private final Metrics metrics;

    public LossProbe(Evaluation evaluation, Loss.Convention convention, Metrics metrics) {
        this.evaluation = evaluation;
        this.convention = convention;
        this.metrics = metrics;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        evaluation.refresh(state);
        metrics.append(state.step(), METRIC, evaluation.loss(convention));
    }
}

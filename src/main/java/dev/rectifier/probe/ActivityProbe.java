package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;
import java.util.ArrayList;
import java.util.List;

/**
 * How often the student's ReLU nodes are active on the evaluation set: writes per replica and hidden layer l
 * {@code active/l} (mean share of examples), {@code dead/l} (nodes never active) and {@code linear/l} (nodes always active).
 * Counts come with the forward pass. Not for linear networks.
 */
public final class ActivityProbe implements Listener {
    private final Evaluation evaluation;
    private final Metrics metrics;
    private final List<View> counts = new ArrayList<>();

    public ActivityProbe(Evaluation evaluation, Arena arena, Metrics metrics) {
        this.evaluation = evaluation;
        this.metrics = metrics;
        for (int l = 0; l < evaluation.hiddenLayers(); l++) {
            Shape shape = Shape.of(evaluation.replicas(), evaluation.studentWidth(l));
            counts.add(arena.allocate(DType.I32, shape).view());
        }
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        evaluation.refresh(state);
        for (int l = 0; l < counts.size(); l++) {
            View out = counts.get(l);
            evaluation
                    .engine()
                    .pointwise()
                    .activeCounts(out, evaluation.studentTape().mask(l), evaluation.examples());
            write(state.step(), l, out.download().ints());
        }
    }

    private void write(long step, int l, int[] active) {
        int width = evaluation.studentWidth(l);
        double[] share = new double[evaluation.replicas()];
        double[] dead = new double[share.length];
        double[] linear = new double[share.length];
        for (int i = 0; i < active.length; i++) {
            int r = i / width;
            share[r] += (double) active[i] / evaluation.examples() / width;
            dead[r] += active[i] == 0 ? 1 : 0;
            linear[r] += active[i] == evaluation.examples() ? 1 : 0;
        }
        metrics.append(step, "active/" + l, share);
        metrics.append(step, "dead/" + l, dead);
        metrics.append(step, "linear/" + l, linear);
    }
}

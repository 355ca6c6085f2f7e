package dev.rectifier.study.luckmatters;

import dev.rectifier.probe.Metrics;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;

/** Writes {@code rest-norm}: the norm of the fan-outs of all hidden nodes but the first few. */
final class RestNormListener implements Listener {
    static final String METRIC = "rest-norm";

    private final int lucky;
    private final Metrics metrics;

    RestNormListener(int lucky, Metrics metrics) {
        this.lucky = lucky;
        this.metrics = metrics;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        HostTensor fanOut = state.parameters().weight(1).download();
        int width = Math.toIntExact(fanOut.shape().dim(2));
        double[] sums = new double[state.replicas()];
        int block = fanOut.length() / sums.length;
        for (int i = 0; i < fanOut.length(); i++) {
            sums[i / block] += i % width < lucky ? 0 : fanOut.get(i) * fanOut.get(i);
        }
        for (int r = 0; r < sums.length; r++) {
            sums[r] = Math.sqrt(sums[r]);
        }
        metrics.append(state.step(), METRIC, sums);
    }
}

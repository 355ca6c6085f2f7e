package dev.rectifier.study.luckmatters;

import dev.rectifier.probe.Metrics;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;

/** Writes {@code angle/j}: the angle of the student's node j to axis j, where {@link LuckyStarts} puts its teacher. */
final class AngleListener implements Listener {
    private final Metrics metrics;

    AngleListener(Metrics metrics) {
        this.metrics = metrics;
    }

    static String metric(int node) {
        return "angle/" + node;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        HostTensor incoming = state.parameters().weight(0).download();
        int nodes = Math.toIntExact(incoming.shape().dim(1));
        int inputs = Math.toIntExact(incoming.shape().dim(2));
        for (int j = 0; j < nodes; j++) {
            double[] angles = new double[state.replicas()];
            for (int r = 0; r < angles.length; r++) {
                angles[r] = angle(incoming, (r * nodes + j) * inputs, inputs, j);
            }
            metrics.append(state.step(), metric(j), angles);
        }
    }

    private static double angle(HostTensor incoming, int from, int inputs, int axis) {
        double[] row = new double[inputs];
        double[] target = new double[inputs];
        target[axis] = 1;
        for (int d = 0; d < inputs; d++) {
            row[d] = incoming.get(from + d);
        }
        return Vectors.angle(row, target);
    }
}

package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;
import java.util.List;

/**
 * Fan-out norms of the topmost hidden nodes (Euclidean norm of a node's column in the last weight matrix) and how well each
 * of them follows its best teacher node. The first M nodes, as many as the teacher has, are those seeded near it. Writes
 * per replica {@code fanout/seeded}, {@code fanout/rest}, {@code follows/seeded}, {@code follows/rest} (means over the
 * group), {@code fanout/winners} and {@code fanout/losers} (grouped by who wins a teacher node now), and per node
 * {@code fanout/node/j}. Source: Luck Matters, two-layer over-parameterisation.
 */
public final class FanOutProbe implements Listener {
    private final Evaluation evaluation;
    private final CorrelationProbe correlations;
    private final Metrics metrics;
    private final View squares;
    private final int layer;

    public FanOutProbe(Evaluation evaluation, CorrelationProbe correlations, Arena arena, Metrics metrics) {
        this.evaluation = evaluation;
        this.correlations = correlations;
        this.metrics = metrics;
        layer = evaluation.hiddenLayers() - 1;
        squares = arena.allocate(DType.F64, Shape.of(evaluation.replicas(), evaluation.studentWidth(layer)))
                .view();
    }

    /** Name of one node's fan-out norm. */
    public static String node(int j) {
        return "fanout/node/" + j;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        evaluation.refresh(state);
        evaluation.engine().reduce().columnSquares(squares, state.parameters().weight(layer + 1));
        double[] norms = squares.download().doubles();
        for (int i = 0; i < norms.length; i++) {
            norms[i] = Math.sqrt(norms[i]);
        }
        writeNodes(state.step(), norms);
        writeGroups(state.step(), norms, correlations.correlations(layer));
    }

    private void writeNodes(long step, double[] norms) {
        int width = evaluation.studentWidth(layer);
        for (int j = 0; j < width; j++) {
            double[] values = new double[evaluation.replicas()];
            for (int r = 0; r < values.length; r++) {
                values[r] = norms[r * width + j];
            }
            metrics.append(step, node(j), values);
        }
    }

    private void writeGroups(long step, double[] norms, List<CorrelationMatrix> matrices) {
        int width = evaluation.studentWidth(layer);
        int seeded = evaluation.teacherWidth(layer);
        GroupMeans fanOut = new GroupMeans(matrices.size());
        GroupMeans follows = new GroupMeans(matrices.size());
        GroupMeans won = new GroupMeans(matrices.size());
        for (int r = 0; r < matrices.size(); r++) {
            boolean[] wins = winners(matrices.get(r));
            for (int j = 0; j < width; j++) {
                fanOut.add(r, j < seeded, norms[r * width + j]);
                follows.add(r, j < seeded, matrices.get(r).bestOfStudent(j));
                won.add(r, wins[j], norms[r * width + j]);
            }
        }
        metrics.append(step, "fanout/seeded", fanOut.inside());
        metrics.append(step, "fanout/rest", fanOut.outside());
        metrics.append(step, "follows/seeded", follows.inside());
        metrics.append(step, "follows/rest", follows.outside());
        metrics.append(step, "fanout/winners", won.inside());
        metrics.append(step, "fanout/losers", won.outside());
    }

    private static boolean[] winners(CorrelationMatrix matrix) {
        boolean[] wins = new boolean[matrix.students()];
        for (int i = 0; i < matrix.teachers(); i++) {
            wins[matrix.winner(i)] = true;
        }
        return wins;
    }
}

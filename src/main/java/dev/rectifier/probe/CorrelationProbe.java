package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Pearson correlation of teacher and student nodes of the same hidden layer over the evaluation set. Writes per replica and
 * hidden layer l: {@code rho/l} (mean over teacher nodes of the best correlation), {@code rho-masked/l} (without constant
 * teacher nodes), {@code covered/l} (share of the latter above 0.9), once {@code constant/l} (constant teacher nodes), and at
 * chosen steps the whole matrix, one metric {@code rho/l/i/j} per pair. {@link Winners} reads ranks from those.
 *
 * <p>Cost: one forward pass (shared), R T S N multiply-adds per layer. Source: Luck Matters, summary statistics.
 */
public final class CorrelationProbe implements Listener {
    private static final double COVERED = 0.9;

    private final Evaluation evaluation;
    private final Metrics metrics;
    private final Cadence matrices;
    private final List<View> rho = new ArrayList<>();
    private final TeacherActivity teachers;

    /** @param matrices when whole matrices are written */
    public CorrelationProbe(Evaluation evaluation, Arena arena, Metrics metrics, Cadence matrices) {
        this.evaluation = evaluation;
        this.metrics = metrics;
        this.matrices = matrices;
        for (int l = 0; l < evaluation.hiddenLayers(); l++) {
            Shape shape = Shape.of(evaluation.replicas(), evaluation.teacherWidth(l), evaluation.studentWidth(l));
            rho.add(arena.openArena("correlations").allocate(DType.F64, shape).view());
        }
        teachers = TeacherActivity.of(evaluation, arena);
    }

    /** Name of the entry of teacher node i and student node j in layer l. */
    public static String entry(int layer, int teacher, int student) {
        return "rho/" + layer + "/" + teacher + "/" + student;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        evaluation.refresh(state);
        for (int l = 0; l < evaluation.hiddenLayers(); l++) {
            summarise(state, l, correlations(l));
        }
    }

    /** The matrices of layer l of all replicas, for the student as last evaluated. */
    List<CorrelationMatrix> correlations(int l) {
        evaluation
                .engine()
                .reduce()
                .correlation(
                        rho.get(l),
                        evaluation.teacherTape().activation(l),
                        evaluation.studentTape().activation(l));
        double[] all = rho.get(l).download().doubles();
        List<CorrelationMatrix> result = new ArrayList<>();
        for (int r = 0; r < evaluation.replicas(); r++) {
            result.add(CorrelationMatrix.of(evaluation.teacherWidth(l), all, r, evaluation.replicas()));
        }
        return result;
    }

    /** Teacher nodes of layer l that vary on the evaluation set, for one replica. */
    int[] varying(int replica, int l) {
        boolean[] varies = teachers.varying(replica, l);
        return IntStream.range(0, varies.length).filter(i -> varies[i]).toArray();
    }

    Engine engine() {
        return evaluation.engine();
    }

    private void summarise(TrainState state, int l, List<CorrelationMatrix> matrix) {
        boolean[] all = teachers.everyNode(l);
        metrics.append(state.step(), "rho/" + l, perReplica(matrix, m -> m.meanBest(all)));
        double[] masked = new double[matrix.size()];
        double[] covered = new double[matrix.size()];
        for (int r = 0; r < masked.length; r++) {
            masked[r] = matrix.get(r).meanBest(teachers.varying(r, l));
            covered[r] = matrix.get(r).coverage(teachers.varying(r, l), COVERED);
        }
        metrics.append(state.step(), "rho-masked/" + l, masked);
        metrics.append(state.step(), "covered/" + l, covered);
        if (state.step() == 0) {
            metrics.append(0, "constant/" + l, teachers.constantNodes(l));
        }
        if (matrices.fires(state.step(), state.steps())) {
            writeMatrix(state.step(), l, matrix);
        }
    }

    private void writeMatrix(long step, int l, List<CorrelationMatrix> matrix) {
        for (int i = 0; i < evaluation.teacherWidth(l); i++) {
            boolean[] varies = teachers.varyingNode(l, i);
            for (int j = 0; j < evaluation.studentWidth(l); j++) {
                double[] values = new double[matrix.size()];
                for (int r = 0; r < values.length; r++) {
                    values[r] = varies[r] ? matrix.get(r).at(i, j) : Double.NaN;
                }
                metrics.append(step, entry(l, i, j), values);
            }
        }
    }

    private static double[] perReplica(
            List<CorrelationMatrix> matrices, ToDoubleFunction<CorrelationMatrix> statistic) {
        return matrices.stream().mapToDouble(statistic).toArray();
    }
}

package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Pearson correlation of teacher and student nodes of the same layer over the evaluation set. Writes per replica and
 * layer l: {@code rho/l} (mean over teacher nodes of the best correlation), {@code rho-masked/l} (without constant
 * teacher nodes), {@code covered/l} (share of the latter above 0.9), once {@code constant/l} (constant teacher nodes), and at
 * chosen steps the whole matrix, one metric {@code rho/l/i/j} per pair. {@link Winners} reads ranks from those.
 *
 * <p>Cost: one forward pass (shared), R T S multiply-adds per layer and sample. Source: Luck Matters, summary statistics.
 */
public final class CorrelationProbe implements Listener {
    private static final double COVERED = 0.9;

    private final Comparison comparison;
    private final Metrics metrics;
    private final Cadence matrices;

    /**
     * Hidden layers of multilayer perceptrons.
     *
     * @param matrices when whole matrices are written
     */
    public CorrelationProbe(Evaluation evaluation, Arena arena, Metrics metrics, Cadence matrices) {
        this(new MlpComparison(evaluation, arena), metrics, matrices);
    }

    /** Channels of chains of layers: cost and exactness as {@link ChainEvaluation} says. */
    public CorrelationProbe(ChainEvaluation evaluation, Metrics metrics, Cadence matrices) {
        this((Comparison) evaluation, metrics, matrices);
    }

    private CorrelationProbe(Comparison comparison, Metrics metrics, Cadence matrices) {
        this.comparison = comparison;
        this.metrics = metrics;
        this.matrices = matrices;
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
        comparison.refresh(state);
        for (int l = 0; l < comparison.layers(); l++) {
            summarise(state, l, correlations(l));
        }
    }

    /** The matrices of layer l of all replicas, for the student as last evaluated. */
    List<CorrelationMatrix> correlations(int l) {
        return comparison.correlations(l);
    }

    /** Teacher nodes of layer l that vary on the evaluation set, for one replica. */
    int[] varying(int replica, int l) {
        boolean[] varies = comparison.teachers().varying(replica, l);
        return IntStream.range(0, varies.length).filter(i -> varies[i]).toArray();
    }

    Engine engine() {
        return comparison.engine();
    }

    private void summarise(TrainState state, int l, List<CorrelationMatrix> matrix) {
        TeacherActivity teachers = comparison.teachers();
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
        for (int i = 0; i < comparison.teacherWidth(l); i++) {
            boolean[] varies = comparison.teachers().varyingNode(l, i);
            for (int j = 0; j < comparison.studentWidth(l); j++) {
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

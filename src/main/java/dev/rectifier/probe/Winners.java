package dev.rectifier.probe;

import dev.rectifier.record.MetricTable;
import dev.rectifier.stats.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads whole correlation matrices of one layer back from a run's metrics: who wins each teacher node in the end, and where
 * those winners stood before. Teacher nodes that were constant on the evaluation set were not written and do not count.
 * Source: Luck Matters, winners and ranks.
 */
public final class Winners {
    private final MetricTable table;
    private final int layer;
    private final int teachers;
    private final int students;
    private final Map<Long, List<CorrelationMatrix>> matrices = new HashMap<>();

    public Winners(MetricTable table, int layer, int teachers, int students) {
        this.table = table;
        this.layer = layer;
        this.teachers = teachers;
        this.students = students;
    }

    /** The matrix of a replica at a step; constant teacher nodes have rows of NaN. Read once per step. */
    public CorrelationMatrix matrix(int replica, long step) {
        return matrices.computeIfAbsent(step, this::read).get(replica);
    }

    private List<CorrelationMatrix> read(long step) {
        double[][] values = new double[table.replicas()][teachers * students];
        for (int i = 0; i < teachers; i++) {
            for (int j = 0; j < students; j++) {
                double[] row = table.series(CorrelationProbe.entry(layer, i, j)).atStep(step);
                for (int r = 0; r < values.length; r++) {
                    values[r][i * students + j] = row[r];
                }
            }
        }
        return Arrays.stream(values)
                .map(all -> new CorrelationMatrix(teachers, all))
                .toList();
    }

    /**
     * Ranks at {@code step}, in percent of the layer's width, of the nodes that win at {@code last}: one per teacher node that
     * varies; 0 is the first place, 50 the level of chance.
     */
    public double[] ranks(int replica, long step, long last) {
        CorrelationMatrix then = matrix(replica, step);
        CorrelationMatrix end = matrix(replica, last);
        List<Double> ranks = new ArrayList<>();
        for (int i = 0; i < teachers; i++) {
            if (!Double.isNaN(end.at(i, 0))) {
                ranks.add(100.0 * then.rank(i, end.winner(i)) / students);
            }
        }
        return ranks.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Mean of {@link #ranks}; NaN if every teacher node is constant. */
    public double meanRank(int replica, long step, long last) {
        double[] ranks = ranks(replica, step, last);
        double sum = 0;
        for (double rank : ranks) {
            sum += rank;
        }
        return sum / ranks.length;
    }

    /** Median of {@link #ranks}; NaN if every teacher node is constant. */
    public double medianRank(int replica, long step, long last) {
        double[] ranks = ranks(replica, step, last);
        return ranks.length == 0 ? Double.NaN : Quantiles.of(ranks).median();
    }
}

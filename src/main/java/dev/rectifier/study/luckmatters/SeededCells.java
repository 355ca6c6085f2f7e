package dev.rectifier.study.luckmatters;

import dev.rectifier.probe.FanOutProbe;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.MetricSeries;
import dev.rectifier.record.MetricTable;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Replicas;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A run of students seeded near their teachers read cell by cell: a cell is a tuple of chances, one per layer; its replicas
 * differ in teacher and noise. Fan-outs are those of the topmost hidden nodes.
 */
final class SeededCells {
    private final SeededStart start;
    private final MetricTable table;

    SeededCells(Evidence.Run run) {
        start = new SeededStart(run.spec().settings());
        table = run.table();
    }

    SeededStart start() {
        return start;
    }

    int count() {
        return start.cells().size();
    }

    /** {@code p = (1, 0.3)}. */
    String name(int cell) {
        return Arrays.stream(start.cells().get(cell))
                .mapToObj(SeededCells::plain)
                .collect(Collectors.joining(", ", "p = (", ")"));
    }

    private static String plain(double p) {
        return p == Math.rint(p) ? String.valueOf((int) p) : String.valueOf(p);
    }

    /** Values of a cell at the i-th sample; NaN for failed replicas. */
    double[] values(int cell, String metric, int sample) {
        double[] all = Replicas.healthy(table, table.series(metric).at(sample));
        return Arrays.copyOfRange(all, cell * start.teachers(), (cell + 1) * start.teachers());
    }

    int samples() {
        return series("fanout/seeded").size();
    }

    MetricSeries series(String metric) {
        return table.series(metric);
    }

    /** Fan-out norm of one node at the last sample, per replica of the cell. */
    double[] node(int cell, int node) {
        return values(cell, FanOutProbe.node(node), samples() - 1);
    }

    /** Mean fan-out norm after training of the seeded nodes, or of the rest. */
    Estimate endNorm(int cell, boolean seeded) {
        return Replicas.mean(values(cell, seeded ? "fanout/seeded" : "fanout/rest", samples() - 1));
    }

    /** End ratio over start ratio. */
    Estimate fall(int cell) {
        return Replicas.mean(Replicas.ratio(ratios(cell, samples() - 1), ratios(cell, 0)));
    }

    /** Rest / seeded fan-out norm before training. */
    Estimate startRatio(int cell) {
        return ratio(cell, 0);
    }

    /** Rest / seeded fan-out norm after training. */
    Estimate endRatio(int cell) {
        return ratio(cell, samples() - 1);
    }

    private Estimate ratio(int cell, int sample) {
        return Replicas.mean(ratios(cell, sample));
    }

    private double[] ratios(int cell, int sample) {
        return Replicas.ratio(values(cell, "fanout/rest", sample), values(cell, "fanout/seeded", sample));
    }

    /** Mean over teacher nodes of the best correlation after training. */
    Estimate correlation(int cell) {
        return Replicas.mean(values(cell, "rho/0", samples() - 1));
    }

    /** Adjacent cells among the first few whose mean end ratios do not increase. */
    Estimate outOfOrder(int cells) {
        int wrong = 0;
        for (int cell = 1; cell < cells; cell++) {
            double step = endRatio(cell).value() - endRatio(cell - 1).value();
            if (Double.isNaN(step)) {
                return Estimate.exact(Double.NaN, endRatio(cell).sample());
            }
            wrong += step > 0 ? 0 : 1;
        }
        return Estimate.exact(wrong, endRatio(0).sample() + " per cell");
    }
}

package dev.rectifier.study.luckmatters;

import dev.rectifier.probe.CorrelationProbe;
import dev.rectifier.record.Axis;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import dev.rectifier.record.MetricSeries;
import dev.rectifier.record.MetricTable;
import dev.rectifier.stats.Normal;
import dev.rectifier.stats.Quantiles;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Replicas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times (learning rate x steps) until every student node of a net correlates to more than 0.99 with its own teacher node; a
 * net that never gets there counts as infinitely late, one that failed as not measured. Cells are judged by their medians.
 */
final class OverlapTimes {
    private static final double TARGET = 0.99;

    private final OverlapNets nets;
    private final double[] times;

    OverlapTimes(Evidence.Run run) {
        nets = new OverlapNets(run.spec().settings());
        double[] late = arrival(run.table(), nets.nodes(), run.spec().settings().real("rate"));
        times = Replicas.healthy(run.table(), late);
    }

    private static double[] arrival(MetricTable table, int nodes, double rate) {
        double[] latest = new double[table.replicas()];
        for (int j = 0; j < nodes; j++) {
            MetricSeries own = table.series(CorrelationProbe.entry(0, j, j));
            for (int r = 0; r < latest.length; r++) {
                latest[r] = Math.max(latest[r], rate * lastBelow(own.steps(), own.ofReplica(r)));
            }
        }
        return latest;
    }

    /** The first sample from which the correlation stays above the target; infinite if there is none. */
    private static double lastBelow(long[] steps, double[] rho) {
        int from = rho.length;
        while (from > 0 && rho[from - 1] > TARGET) {
            from--;
        }
        return from == rho.length ? Double.POSITIVE_INFINITY : steps[from];
    }

    /** Quantile p of a cell's nets that did not fail; NaN if there is none. */
    private double quantile(int bias, int angle, double p) {
        int first = nets.cell(bias, angle);
        double[] measured = Arrays.stream(times, first, first + nets.nets())
                .filter(t -> !Double.isNaN(t))
                .toArray();
        return measured.length == 0 ? Double.NaN : Quantiles.of(measured).at(p);
    }

    /** Median time of a cell. */
    double median(int bias, int angle) {
        return quantile(bias, angle, 0.5);
    }

    /** Adjacent starts of one bias whose medians do not increase; NaN if half of a cell's nets never arrive. */
    Estimate outOfOrder(int bias) {
        int wrong = 0;
        String sample = nets.nets() + " nets per start";
        for (int angle = 0; angle < nets.angles().length; angle++) {
            if (!Double.isFinite(median(bias, angle))) {
                return Estimate.exact(Double.NaN, sample);
            }
            wrong += angle > 0 && median(bias, angle) <= median(bias, angle - 1) ? 1 : 0;
        }
        return Estimate.exact(wrong, sample);
    }

    Figure figure() {
        List<Line> lines = new ArrayList<>();
        for (int b = 0; b < nets.biases().length; b++) {
            lines.add(line(b));
        }
        return new LineFigure(
                new FigureText(
                        "overlap-times",
                        "Closer starts converge faster, whatever the overlap",
                        "Time until every student node correlates to more than 0.99 with its teacher node, against the angle"
                                + " it starts from, for teacher nodes of three overlaps; median and quartiles over "
                                + nets.nets() + " nets.",
                        ""),
                Axis.linear("starting angle (rad)"),
                Axis.linear("time (learning rate x steps)"),
                lines);
    }

    private Line line(int bias) {
        double[] angles = nets.angles();
        double[] middle = new double[angles.length];
        double[] low = new double[angles.length];
        double[] high = new double[angles.length];
        for (int a = 0; a < angles.length; a++) {
            middle[a] = median(bias, a);
            low[a] = quantile(bias, a, 0.25);
            high[a] = quantile(bias, a, 0.75);
        }
        String name = String.format(Locale.ROOT, "overlap %.2f", Normal.cdf(nets.biases()[bias]));
        return Line.of(name, angles, middle).withBand(low, high);
    }
}

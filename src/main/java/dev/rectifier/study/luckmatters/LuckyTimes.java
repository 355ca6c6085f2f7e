package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Axis;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import dev.rectifier.record.MetricSeries;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Replicas;
import java.util.Arrays;
import java.util.List;

/** Times from given start angles down to 0.05 rad, in training and by the equation. */
final class LuckyTimes {
    private static final double TARGET = 0.05;

    private final double[] starts;
    private final double[] expected;
    private final Estimate[] measured;

    private LuckyTimes(double[] starts, double[] expected, Estimate[] measured) {
        this.starts = starts;
        this.expected = expected;
        this.measured = measured;
    }

    static LuckyTimes of(Evidence evidence) {
        Evidence.Run run = evidence.run(LuckyRatePart.TRAINING);
        double[] starts = LuckyRatePart.angles(run.spec().settings());
        double[] expected =
                Arrays.stream(starts).map(s -> LuckyRate.timeTo(TARGET, s, 1)).toArray();
        Estimate[] measured = new Estimate[starts.length];
        for (int j = 0; j < starts.length; j++) {
            MetricSeries angles = run.table().series(AngleListener.metric(j));
            double rate = run.spec().settings().real("rate");
            double[] times = new double[angles.replicas()];
            Arrays.setAll(times, r -> rate * crossing(angles.steps(), angles.ofReplica(r)));
            measured[j] = Replicas.mean(Replicas.healthy(run.table(), times));
        }
        return new LuckyTimes(starts, expected, measured);
    }

    /** First step at which the angle passes the target, interpolated; NaN if it never does. */
    private static double crossing(long[] steps, double[] angles) {
        for (int i = 1; i < angles.length; i++) {
            if (angles[i] <= TARGET) {
                double share = (angles[i - 1] - TARGET) / (angles[i - 1] - angles[i]);
                return steps[i - 1] + share * (steps[i] - steps[i - 1]);
            }
        }
        return Double.NaN;
    }

    /** Number of adjacent starts whose mean times do not increase; NaN if a node never arrived in any replica. */
    Estimate outOfOrder() {
        int wrong = 0;
        for (int j = 1; j < measured.length; j++) {
            double step = measured[j].value() - measured[j - 1].value();
            if (Double.isNaN(step)) {
                return Estimate.exact(Double.NaN, measured[j].sample());
            }
            wrong += step > 0 ? 0 : 1;
        }
        return Estimate.exact(wrong, measured[0].sample());
    }

    /** Largest |mean time / time of the equation - 1|. */
    Estimate largestDeviation() {
        double largest = 0;
        for (int j = 0; j < measured.length; j++) {
            largest = Math.max(largest, Math.abs(measured[j].value() / expected[j] - 1));
        }
        return Estimate.exact(largest, measured[0].sample());
    }

    Figure figure() {
        double[] means = Arrays.stream(measured).mapToDouble(Estimate::value).toArray();
        double[] low = Arrays.stream(measured).mapToDouble(Estimate::low).toArray();
        double[] high = Arrays.stream(measured).mapToDouble(Estimate::high).toArray();
        return new LineFigure(
                new FigureText(
                        "lucky-rate",
                        "Closer starts converge faster",
                        "Time until a student node is within 0.05 rad of its teacher node, against the angle it starts from: the"
                                + " equation and training on the engine (mean and 95 % interval over replicas).",
                        ""),
                Axis.linear("starting angle (rad)"),
                Axis.linear("time (learning rate x steps)"),
                List.of(
                        Line.of("training", starts, means).withBand(low, high),
                        Line.of("equation", starts, expected).withStroke(Line.Stroke.DASHED)));
    }
}

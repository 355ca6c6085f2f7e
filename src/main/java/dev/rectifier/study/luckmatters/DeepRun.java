package dev.rectifier.study.luckmatters;

import dev.rectifier.probe.LossProbe;
import dev.rectifier.probe.Winners;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.MetricTable;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.Scale;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** A deep run read sample by sample. Correlations are those without constant teacher nodes. */
final class DeepRun {
    private final DeepTraining training;
    private final MetricTable table;
    private final long sample;
    private final Map<Integer, Winners> winnersByLayer = new HashMap<>();

    DeepRun(Evidence.Run run) {
        training = new DeepTraining(run.spec().settings());
        table = run.table();
        sample = run.spec().settings().whole("sample");
    }

    int layers() {
        return training.teacher().hidden().size();
    }

    int samples() {
        return Math.toIntExact(training.steps() / sample);
    }

    /** The sample at which LM-6a is decided: that of the plan, or the last of a run made shorter. */
    int judged(Scale scale) {
        return Math.min(DeepPlans.judged(scale), samples());
    }

    /** Loss on the evaluation set per replica. */
    double[] loss(int at) {
        return Replicas.at(table, LossProbe.METRIC, at * sample);
    }

    /** Mean best correlation of one layer per replica. */
    double[] correlation(int layer, int at) {
        return Replicas.at(table, "rho-masked/" + layer, at * sample);
    }

    /** Mean over layers 1 and up of {@link #correlation}, per replica. */
    double[] upperCorrelation(int at) {
        return meanCorrelation(1, at);
    }

    /** Mean over layers {@code first} and up of {@link #correlation}, per replica. */
    double[] meanCorrelation(int first, int at) {
        double[] mean = new double[training.replicas()];
        for (int layer = first; layer < layers(); layer++) {
            double[] values = correlation(layer, at);
            for (int r = 0; r < mean.length; r++) {
                mean[r] += values[r] / (layers() - first);
            }
        }
        return mean;
    }

    /** Mean rank at a baseline of the nodes that win at {@code judged}, in percent, per replica. */
    double[] meanRank(int layer, int baseline, int judged) {
        return ranks(layer, (winners, r) -> winners.meanRank(r, baseline * sample, judged * sample));
    }

    /** Median instead of mean. */
    double[] medianRank(int layer, int baseline, int judged) {
        return ranks(layer, (winners, r) -> winners.medianRank(r, baseline * sample, judged * sample));
    }

    private interface Rank {
        double of(Winners winners, int replica);
    }

    private Winners winners(int layer) {
        return new Winners(
                table,
                layer,
                training.teacher().hidden().get(layer),
                training.student().hidden().get(layer));
    }

    private double[] ranks(int layer, Rank rank) {
        Winners winners = winnersByLayer.computeIfAbsent(layer, this::winners);
        double[] result = new double[training.replicas()];
        Arrays.setAll(result, r -> rank.of(winners, r));
        return Replicas.healthy(table, result);
    }

    /** The layer whose mean over the replicas is largest. */
    Estimate worstLayer(int first, LayerValues values, boolean largest) {
        IntToDoubleFunction mean = layer -> Replicas.mean(values.of(layer)).value() * (largest ? 1 : -1);
        int worst = IntStream.range(first, layers())
                .boxed()
                .max((a, b) -> Double.compare(mean.applyAsDouble(a), mean.applyAsDouble(b)))
                .orElse(first);
        return Replicas.mean(values.of(worst));
    }

    /** Values per replica of one layer. */
    @FunctionalInterface
    interface LayerValues {
        double[] of(int layer);
    }
}

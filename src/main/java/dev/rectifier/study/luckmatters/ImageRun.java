package dev.rectifier.study.luckmatters;

import dev.rectifier.probe.DistilledProbe;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.Winners;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Replicas;
import java.util.Arrays;
import java.util.stream.LongStream;

/** A run of students on images read epoch by epoch. Correlations are those without constant teacher nodes. */
final class ImageRun {
    /** Followed by a layer: nodes that are left of a student. */
    static final String NODES = "nodes/";

    private final Settings settings;
    private final MetricTable table;
    private final ImageNets nets;
    private final long stepsPerEpoch;

    ImageRun(Evidence.Run run) {
        settings = run.spec().settings();
        table = run.table();
        nets = new ImageNets(settings);
        stepsPerEpoch = ImageFeed.plan(settings, ImageStudents.BATCH).stepsPerEpoch();
    }

    int layers() {
        return nets.teacherChannels().size();
    }

    int epochs() {
        return Math.toIntExact(settings.whole("epochs"));
    }

    /** Epochs at which whole matrices were written, the last one included. */
    double[] baselines() {
        return LongStream.concat(
                        settings.wholes("baselines").stream().mapToLong(epoch -> epoch), LongStream.of(epochs()))
                .filter(epoch -> epoch <= epochs())
                .distinct()
                .sorted()
                .asDoubleStream()
                .toArray();
    }

    /** Mean squared difference to the teacher on the test images, per replica; NaN for failed ones. */
    double[] loss(int epoch) {
        return Replicas.at(table, DistilledProbe.LOSS, epoch * stepsPerEpoch);
    }

    /** Accuracy on the test images' labels, per replica; NaN for failed ones. */
    double[] accuracy(int epoch) {
        return Replicas.at(table, DistilledProbe.ACCURACY, epoch * stepsPerEpoch);
    }

    /** Mean best correlation of a layer, per replica; NaN for failed ones. */
    double[] correlation(int layer, int epoch) {
        return Replicas.at(table, metric(layer), epoch * stepsPerEpoch);
    }

    private static String metric(int layer) {
        return "rho-masked/" + layer;
    }

    /** What a layer's mean best correlation gained, per replica. */
    double[] gain(int layer) {
        return Replicas.difference(correlation(layer, epochs()), correlation(layer, 0));
    }

    /** Mean over the layers of the mean best correlation at the end; of replicas that failed, that at the start. */
    double[] meanCorrelation() {
        double[] failed = table.series(HealthProbe.METRIC).last();
        double[] mean = new double[failed.length];
        for (int layer = 0; layer < layers(); layer++) {
            double[] end = table.series(metric(layer)).atStep(epochs() * stepsPerEpoch);
            double[] start = table.series(metric(layer)).atStep(0);
            for (int r = 0; r < mean.length; r++) {
                mean[r] += (failed[r] > 0 ? start[r] : end[r]) / layers();
            }
        }
        return mean;
    }

    /** Mean rank after {@code epoch} epochs of the nodes that win in the end, in percent, per replica. */
    double[] meanRank(int layer, int epoch) {
        Winners winners = new Winners(
                table,
                layer,
                nets.teacherChannels().get(layer),
                nets.studentChannels().get(layer));
        double[] result = new double[table.replicas()];
        Arrays.setAll(result, r -> winners.meanRank(r, epoch * stepsPerEpoch, epochs() * stepsPerEpoch));
        return Replicas.healthy(table, result);
    }

    /** Nodes that are left in a layer, per replica. */
    double[] nodes(int layer) {
        return table.series(NODES + layer).atStep(0);
    }
}

package dev.rectifier.study.bnbias;

import dev.rectifier.probe.HealthProbe;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.MetricTable;
import dev.rectifier.stats.RankTest;
import dev.rectifier.study.Replicas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The BatchNorm biases at the end of a run, as {@link NormProbe} wrote them. Replicas that failed do not count. */
final class TrainedBiases {
    private final int replicas;
    private final List<BiasShares> networks;

    TrainedBiases(MetricTable table) {
        replicas = table.replicas();
        SortedMap<String, Integer> layers = layers(table);
        double[] failed = table.series(HealthProbe.METRIC).last();
        networks = IntStream.range(0, replicas)
                .filter(r -> failed[r] == 0)
                .mapToObj(r -> network(table, layers, r))
                .toList();
    }

    /** Names of the layers, bottom first, with their numbers of channels. */
    private static SortedMap<String, Integer> layers(MetricTable table) {
        SortedMap<String, Integer> layers = new TreeMap<>(ModuleOrder.INSTANCE);
        for (String metric : table.names()) {
            if (metric.startsWith(NormProbe.SHIFT)) {
                layers.merge(metric.substring(NormProbe.SHIFT.length(), metric.lastIndexOf('/')), 1, Integer::sum);
            }
        }
        return layers;
    }

    private static BiasShares network(MetricTable table, SortedMap<String, Integer> layers, int r) {
        List<NormLayer> read = new ArrayList<>();
        layers.forEach((name, channels) -> read.add(new NormLayer(
                name,
                channels(table, NormProbe.SCALE + name, channels, r),
                channels(table, NormProbe.SHIFT + name, channels, r))));
        return new BiasShares(read);
    }

    private static List<Double> channels(MetricTable table, String name, int channels, int r) {
        return IntStream.range(0, channels)
                .mapToObj(c -> table.series(name + "/" + c).last()[r])
                .toList();
    }

    /** One per replica that did not fail. */
    List<BiasShares> networks() {
        return networks;
    }

    /** The channels of all networks, layer by layer, as if they were one network's. */
    BiasShares pooled() {
        List<NormLayer> pooled = new ArrayList<>(networks.get(0).layers());
        for (BiasShares network : networks.subList(1, networks.size())) {
            for (int l = 0; l < pooled.size(); l++) {
                pooled.set(l, joined(pooled.get(l), network.layers().get(l)));
            }
        }
        return new BiasShares(pooled);
    }

    private static NormLayer joined(NormLayer first, NormLayer second) {
        List<Double> scales = new ArrayList<>(first.scale());
        scales.addAll(second.scale());
        List<Double> biases = new ArrayList<>(first.bias());
        biases.addAll(second.bias());
        return new NormLayer(first.name(), scales, biases);
    }

    /** A number of each network: mean with its interval over the replicas. */
    Estimate mean(ToDoubleFunction<BiasShares> number) {
        double[] values = new double[replicas];
        Arrays.fill(values, Double.NaN);
        for (int i = 0; i < networks.size(); i++) {
            values[i] = number.applyAsDouble(networks.get(i));
        }
        return Replicas.mean(values);
    }

    /** Share of the last layer. */
    static double top(BiasShares network) {
        return network.layers().get(network.layers().size() - 1).share();
    }

    /** Spearman's correlation of a layer's number, counted from the bottom, and its share; NaN where all shares are alike. */
    static double depth(BiasShares network) {
        double[] shares =
                network.layers().stream().mapToDouble(NormLayer::share).toArray();
        double[] numbers = IntStream.range(0, shares.length).asDoubleStream().toArray();
        return RankTest.spearman(numbers, shares).statistic();
    }
}

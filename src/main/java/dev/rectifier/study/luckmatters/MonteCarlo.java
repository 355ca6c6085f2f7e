package dev.rectifier.study.luckmatters;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Settings;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.List;

/**
 * Every closed form for R random pairs of ReLU nodes against the average over inputs drawn on the engine. Writes per pair
 * {@code distance}: the largest distance between average and closed form, in standard errors of the average.
 */
final class MonteCarlo {
    static final String METRIC = "distance";
    private static final double SCALE = 1.5;

    private final Settings settings;

    MonteCarlo(Settings settings) {
        this.settings = settings;
    }

    void compute(Engine engine, Metrics metrics) {
        int inputs = Math.toIntExact(settings.whole("inputs"));
        int pairs = Math.toIntExact(settings.whole("pairs"));
        SeedTree seeds = SeedTree.root(settings.whole("seed"));
        List<NodePair> tallies = new ArrayList<>();
        for (int r = 0; r < pairs; r++) {
            tallies.add(NodePair.drawn(seeds, r, inputs, SCALE));
        }
        sample(engine, Streams.range(seeds.child("inputs"), 0, pairs), inputs, tallies);
        metrics.append(
                0,
                METRIC,
                tallies.stream().mapToDouble(NodePair::largestDistance).toArray());
    }

    private void sample(Engine engine, Streams streams, int inputs, List<NodePair> tallies) {
        int chunk = Math.toIntExact(settings.whole("chunk"));
        try (Arena arena = engine.openArena("Monte Carlo")) {
            View table = arena.upload(streams.table()).view();
            View x = arena.allocate(DType.F64, Shape.of(streams.replicas(), chunk, inputs))
                    .view();
            for (long step = 0; step < settings.whole("chunks"); step++) {
                engine.random().normal(x, table, step, 0, SCALE);
                double[] drawn = x.download().doubles();
                for (int r = 0; r < tallies.size(); r++) {
                    tallies.get(r).add(drawn, r * chunk * inputs, chunk);
                }
            }
        }
    }
}

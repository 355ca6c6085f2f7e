package dev.rectifier.study.luckmatters;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.Tape;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Settings;
import dev.rectifier.stats.Moments;
import dev.rectifier.stats.Normal;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;

/**
 * How often two teacher nodes of {@link OverlapNets} are active together, over how often one is: E[1_j 1_k] / E[1_j], counted
 * on inputs drawn on the engine, against Phi(h). Writes per bias number b {@code overlap/b} (per net) and {@code distance/b}:
 * distance of the mean over nets in standard errors.
 */
final class OverlapRatio {
    static final String DISTANCE = "distance/";
    private static final String RATIO = "overlap/";

    private final Settings settings;

    OverlapRatio(Settings settings) {
        this.settings = settings;
    }

    void compute(Engine engine, Metrics metrics) {
        OverlapNets nets = new OverlapNets(settings);
        double[] ratios = ratios(engine, nets);
        for (int b = 0; b < nets.biases().length; b++) {
            double[] own = Arrays.copyOfRange(ratios, nets.cell(b, 0), nets.cell(b, 0) + nets.nets());
            Moments moments = Moments.of(own);
            metrics.append(0, RATIO + b, own);
            double distance = Math.abs(moments.mean() - Normal.cdf(nets.biases()[b])) / moments.standardError();
            metrics.append(0, DISTANCE + b, distance);
        }
    }

    private double[] ratios(Engine engine, OverlapNets nets) {
        int examples = Math.toIntExact(settings.whole("examples"));
        Mlp teacher = new Mlp(engine, nets.spec());
        Streams streams = Streams.range(nets.streams("overlap inputs").node(), 0, nets.replicas());
        try (Arena arena = engine.openArena("overlap of teacher nodes")) {
            View x = arena.allocate(
                            DType.F32,
                            Shape.of(nets.replicas(), examples, nets.spec().inputs()))
                    .view();
            engine.random().normal(x, arena.upload(streams.table()).view(), 0, 0, 1);
            Tape tape = teacher.inferenceTape(arena, DType.F32, nets.replicas(), examples);
            teacher.forward(tape, arena.upload(nets.teacher()).view(), x);
            JointActivity joint = new JointActivity(engine, arena, tape.activation(0), tape.activation(0));
            joint.refresh(tape.mask(0), tape.mask(0));
            return offDiagonalOverDiagonal(joint.moments().download().toDoubles(), nets.nodes());
        }
    }

    /** From D [R, M, M]: the mean of the pairs over the mean of the nodes, per replica. */
    static double[] offDiagonalOverDiagonal(double[] moments, int nodes) {
        int block = nodes * nodes;
        double[] result = new double[moments.length / block];
        for (int r = 0; r < result.length; r++) {
            double own = 0;
            double both = 0;
            for (int i = 0; i < block; i++) {
                boolean diagonal = i / nodes == i % nodes;
                own += diagonal ? moments[r * block + i] : 0;
                both += diagonal ? 0 : moments[r * block + i];
            }
            result[r] = both / (nodes - 1) / own;
        }
        return result;
    }
}

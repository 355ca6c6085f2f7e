package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Settings;
import dev.rectifier.stats.Moments;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Control;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainState;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.Arrays;

/**
 * The average of many minibatch gradients of the engine against the exact population gradient: R copies of one student, each
 * with its own inputs, at learning rate 0. Writes {@code distance}: the largest distance over all entries of the gradient, in
 * standard errors over the minibatches.
 */
final class GradientSampling {
    static final String METRIC = "distance";

    private final Settings settings;

    GradientSampling(Settings settings) {
        this.settings = settings;
    }

    void compute(Engine engine, Metrics metrics) {
        SeedTree seeds = SeedTree.root(settings.whole("seed"));
        TwoLayer student = net(seeds.child("student"), "student.hidden");
        TwoLayer teacher = net(seeds.child("teacher"), "teacher.hidden");
        Moments[] entries = sample(engine, seeds, student, teacher);
        double[] exact = flat(new PopulationGradient(student, teacher, 1), student);
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            largest = Math.max(largest, Math.abs(entries[i].mean() - exact[i]) / entries[i].standardError());
        }
        metrics.append(0, METRIC, largest);
    }

    private TwoLayer net(SeedTree seeds, String width) {
        int nodes = Math.toIntExact(settings.whole(width));
        return new TwoLayer(
                Gaussians.unitRows(seeds, "incoming", nodes, Math.toIntExact(settings.whole("inputs"))),
                Gaussians.unitRows(seeds, "fan-out", nodes, Math.toIntExact(settings.whole("outputs"))));
    }

    private Moments[] sample(Engine engine, SeedTree seeds, TwoLayer student, TwoLayer teacher) {
        int replicas = Math.toIntExact(settings.whole("replicas"));
        HostTensor initial = FlatNets.parameters(student, DType.F64, replicas);
        Moments[] entries = new Moments[Math.toIntExact(initial.shape().dim(1))];
        Arrays.fill(entries, Moments.empty());
        try (Arena arena = engine.openArena("gradient sampling")) {
            FreshInputs data = new FreshInputs(
                    engine,
                    arena,
                    StreamSpec.normal(0, 1),
                    new InputShape(DType.F64, settings.whole("batch"), settings.whole("inputs")),
                    Streams.range(seeds.child("inputs"), 0, replicas),
                    Sharing.PER_REPLICA);
            TrainTask task = TrainTask.of(
                    FlatNets.spec(student),
                    initial,
                    data,
                    Targets.Teacher.of(FlatNets.spec(teacher), FlatNets.parameters(teacher, DType.F64, 1)),
                    TrainSpec.of(Loss.HALF_SQUARED_NORM, Optimiser.sgd(0), settings.whole("batches")));
            try (Trainer trainer = new Trainer(engine, task)) {
                trainer.run(Control.of(state -> add(state, entries)));
            }
        }
        return entries;
    }

    private static void add(TrainState state, Moments[] entries) {
        if (state.step() == 0) {
            return;
        }
        double[] gradients = state.gradient().flat().download().doubles();
        for (int i = 0; i < gradients.length; i++) {
            entries[i % entries.length] = entries[i % entries.length].plus(gradients[i]);
        }
    }

    private static double[] flat(PopulationGradient gradient, TwoLayer student) {
        double[][] incoming = new double[student.width()][];
        double[][] fanOut = new double[student.width()][];
        for (int j = 0; j < student.width(); j++) {
            incoming[j] = negative(gradient.descentOfIncoming(j));
            fanOut[j] = negative(gradient.descentOfFanOut(j));
        }
        return FlatNets.parameters(new TwoLayer(incoming, fanOut), DType.F64, 1).doubles();
    }

    private static double[] negative(double[] v) {
        double[] result = new double[v.length];
        Vectors.axpy(result, -1, v);
        return result;
    }
}

package dev.rectifier.study.bnbias;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamedBatches;
import dev.rectifier.data.image.Augmentation;
import dev.rectifier.data.image.ChannelScale;
import dev.rectifier.data.image.ImageExamples;
import dev.rectifier.data.known.ImageParts;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Hyper;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.HeldOut;
import dev.rectifier.probe.HeldOutProbe;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Ensemble;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.RunContext;
import dev.rectifier.study.TrainingSession;
import dev.rectifier.study.images.DataHome;
import dev.rectifier.study.images.StudyImages;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Listener;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Schedule;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.List;
import java.util.Optional;

/**
 * A VGG with BatchNorm learns images: SGD with momentum and an L2 penalty on the cross-entropy, the rate falling along half a
 * cosine to 0, crops and flips. Every replica has a start, an order and crops of its own. Source: Luck Matters, LM-3.
 */
record VggTraining(Settings settings, DataHome data) implements Experiment, Ensemble {
    private static final int PIECE = 100;

    @Override
    public void check() {
        images().require();
    }

    @Override
    public double cost() {
        return 6 * net().products() * settings.whole("images.train") * settings.whole("epochs") * replicas();
    }

    @Override
    public Optional<Ensemble> ensemble() {
        return Optional.of(this);
    }

    @Override
    public int replicas() {
        return Math.toIntExact(settings.whole("replicas"));
    }

    @Override
    public Ending run(RunContext context) {
        return TrainingSession.train(context, this);
    }

    private StudyImages images() {
        return new StudyImages(settings, data);
    }

    private ChainSpec net() {
        return VggNets.of(settings);
    }

    private BatchPlan batches() {
        return BatchPlan.shuffled(
                Math.toIntExact(settings.whole("images.train")), Math.toIntExact(settings.whole("batch")));
    }

    private SeedTree seed(String purpose) {
        return SeedTree.root(settings.whole("seed")).child(purpose);
    }

    @Override
    public Members open(Engine engine, Arena arena, Chunk chunk) {
        ImageParts parts = images().open();
        ChannelScale scale = ChannelScale.measured(parts.train());
        ChainSpec net = net();
        StreamedBatches batches = new StreamedBatches(
                arena,
                new ImageExamples(parts.train(), DType.F32, scale, augmentation()),
                batches(),
                chunk.streams(seed("order")),
                Sharing.PER_REPLICA);
        TrainTask task = TrainTask.of(
                net,
                Initializer.draw(net, DType.F32, chunk.streams(seed("student"))),
                batches,
                new Targets.FromData(),
                training());
        FiniteSet test = parts.test().onDevice(arena, DType.F32, scale, chunk.count());
        return Members.of(engine, task, (trainer, scratch, metrics) -> probes(test, trainer, scratch, metrics))
                .releasing(batches::close);
    }

    private Augmentation augmentation() {
        return new Augmentation(Math.toIntExact(settings.whole("crop")), settings.flag("flip"));
    }

    private TrainSpec training() {
        Optimiser optimiser = Optimiser.momentum(settings.real("rate"), settings.real("momentum"))
                .with(Hyper.L2, settings.real("l2"));
        long steps = batches().stepsPerEpoch() * settings.whole("epochs");
        return TrainSpec.of(Loss.CROSS_ENTROPY, optimiser, steps).withSchedule(new Schedule.Cosine(steps, 0));
    }

    private List<Listener> probes(FiniteSet test, Trainer trainer, Arena arena, Metrics metrics) {
        Cadence sampling = Cadence.every(batches().stepsPerEpoch() * settings.whole("sample"));
        HeldOut.Examples examples =
                new HeldOut.Examples(test.x(), test.targets().orElseThrow());
        HeldOut heldOut = new HeldOut(trainer.engine(), arena, trainer.network(), examples, Loss.CROSS_ENTROPY, PIECE);
        return List.of(
                sampling.calling(new NormProbe(metrics)),
                sampling.calling(new HeldOutProbe(heldOut, metrics)),
                sampling.calling(new HealthProbe(metrics)));
    }
}

package dev.rectifier.study.luckmatters;

import dev.rectifier.data.StreamedBatches;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Hyper;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.HeldOut;
import dev.rectifier.probe.HeldOutProbe;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.RunFolder;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Ensemble;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.KeptStates;
import dev.rectifier.study.RunContext;
import dev.rectifier.study.TrainingSession;
import dev.rectifier.study.images.DataHome;
import dev.rectifier.study.images.StudyImages;
import dev.rectifier.tensor.DType;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Listener;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Schedule;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Teachers of LM-10 learn images: SGD with momentum and an L2 penalty on the cross-entropy, the rate falling along half a cosine
 * to 0. Their weights at the end are kept for the runs of their students.
 */
record ImageTeachers(Settings settings, DataHome data) implements Experiment {
    static final String BATCH = "teacher.batch";

    private static final int PIECE = 50;

    @Override
    public void check() {
        new StudyImages(settings, data).require();
    }

    @Override
    public double cost() {
        return 6 * net().products() * settings.whole("images.train") * settings.whole("teacher.epochs") * count();
    }

    private ChainSpec net() {
        return new ImageNets(settings).teacher();
    }

    private int count() {
        return Math.toIntExact(settings.whole("teachers"));
    }

    /** Updates of a teacher, after which its weights are kept. */
    static long steps(Settings settings) {
        return ImageFeed.plan(settings, BATCH).stepsPerEpoch() * settings.whole("teacher.epochs");
    }

    @Override
    public Optional<Ensemble> ensemble() {
        return Optional.of(new Teachers(Optional.empty()));
    }

    @Override
    public Ending run(RunContext context) {
        return TrainingSession.train(context, new Teachers(Optional.of(context.folder())));
    }

    /** The teachers; with a folder their last weights are kept in it. */
    private final class Teachers implements Ensemble {
        private final Optional<RunFolder> folder;

        Teachers(Optional<RunFolder> folder) {
            this.folder = folder;
        }

        @Override
        public int replicas() {
            return count();
        }

        /** Its kept weights and last samples are read even of replicas that failed. */
        @Override
        public boolean goesToTheEnd() {
            return true;
        }

        @Override
        public Members open(Engine engine, Arena arena, Chunk chunk) {
            ImageFeed feed = new ImageFeed(settings, data);
            StreamedBatches batches = feed.batches(arena, chunk, BATCH, "teacher order");
            TrainTask task = TrainTask.of(
                    net(),
                    Initializer.draw(net(), DType.F32, chunk.streams(ImageFeed.seed(settings, "teacher"))),
                    batches,
                    new Targets.FromData(),
                    training());
            HeldOut.Examples test = feed.test(arena, chunk.count());
            return Members.of(
                            engine, task, (trainer, scratch, metrics) -> probes(chunk, test, trainer, scratch, metrics))
                    .releasing(batches::close);
        }

        private TrainSpec training() {
            Optimiser optimiser = Optimiser.momentum(settings.real("teacher.rate"), settings.real("teacher.momentum"))
                    .with(Hyper.L2, settings.real("teacher.l2"));
            long steps = steps(settings);
            return TrainSpec.of(Loss.CROSS_ENTROPY, optimiser, steps).withSchedule(new Schedule.Cosine(steps, 0));
        }

        private List<Listener> probes(
                Chunk chunk, HeldOut.Examples test, Trainer trainer, Arena arena, Metrics metrics) {
            Cadence sampling = Cadence.every(ImageFeed.plan(settings, BATCH).stepsPerEpoch());
            HeldOut heldOut = new HeldOut(trainer.engine(), arena, trainer.network(), test, Loss.CROSS_ENTROPY, PIECE);
            List<Listener> probes = new ArrayList<>();
            probes.add(sampling.calling(new HeldOutProbe(heldOut, metrics)));
            probes.add(sampling.calling(new HealthProbe(metrics)));
            folder.ifPresent(own -> probes.add(Cadence.at(steps(settings)).calling(KeptStates.keeping(own, chunk))));
            return probes;
        }
    }
}

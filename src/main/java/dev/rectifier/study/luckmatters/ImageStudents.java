package dev.rectifier.study.luckmatters;

import dev.rectifier.data.StreamedBatches;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.probe.ChainEvaluation;
import dev.rectifier.probe.CorrelationProbe;
import dev.rectifier.probe.DistilledProbe;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.HeldOut;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.RunFolder;
import dev.rectifier.record.RunSpec;
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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Students of LM-10 learn the outputs of their teachers on images, and parts of such students do again (LM-11): plain SGD on the
 * mean squared difference to the teacher's raw outputs, rates by epoch. Every epoch they are compared with their teachers on the
 * test images.
 */
record ImageStudents(RunSpec spec, DataHome data) implements Experiment {
    static final String BATCH = "batch";

    private static final int PIECE = 50;

    private Settings settings() {
        return spec.settings();
    }

    private boolean isPart() {
        return settings().get("reset.of").isPresent();
    }

    private ImageNets nets() {
        return new ImageNets(settings());
    }

    private ChainSpec net() {
        return isPart() ? nets().part() : nets().student();
    }

    @Override
    public void check() {
        new StudyImages(settings(), data).require();
        if (settings().wholes("rates.at").size()
                != settings().reals("rates.values").size()) {
            throw new IllegalArgumentException("rates.at has "
                    + settings().wholes("rates.at").size() + " epochs and rates.values "
                    + settings().reals("rates.values").size() + " rates: give as many of both.");
        }
        if (isPart() && settings().whole("reset.epoch") > settings().whole("epochs")) {
            throw new IllegalArgumentException("reset.epoch is " + settings().whole("reset.epoch")
                    + ", but training ends after " + settings().whole("epochs")
                    + " epochs: choose more epochs, or leave this run out (run --except).");
        }
        if (isPart() && !settings().wholes("kept").contains(settings().whole("reset.epoch"))) {
            throw new IllegalArgumentException("reset.epoch is " + settings().whole("reset.epoch")
                    + ", but the run " + settings().text("reset.of") + " keeps the weights of the epochs "
                    + settings().wholes("kept") + " alone: add it to the setting kept.");
        }
    }

    @Override
    public List<RunSpec> needs() {
        return isPart()
                ? List.of(ImagePlans.teachersOf(spec), ImagePlans.studentsOf(spec))
                : List.of(ImagePlans.teachersOf(spec));
    }

    @Override
    public double cost() {
        double products = 3 * net().products() + nets().teacher().products();
        return 2 * products * settings().whole("images.train") * settings().whole("epochs") * count();
    }

    private int count() {
        return Math.toIntExact(settings().whole("replicas"));
    }

    private long stepsPerEpoch() {
        return ImageFeed.plan(settings(), BATCH).stepsPerEpoch();
    }

    private long steps() {
        return stepsPerEpoch() * settings().whole("epochs");
    }

    @Override
    public Optional<Ensemble> ensemble() {
        return Optional.of(new Students(new DrawnSources(settings(), net()), Optional.empty()));
    }

    @Override
    public Ending run(RunContext context) {
        ImageSources earlier = new EarlierSources(spec, context.earlier());
        return TrainingSession.train(context, new Students(earlier, Optional.of(context.folder())));
    }

    private TrainSpec training() {
        List<Long> at = settings().wholes("rates.at");
        List<Double> rates = settings().reals("rates.values");
        double highest = rates.stream().mapToDouble(rate -> rate).max().orElse(0);
        TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.sgd(highest), steps());
        if (highest == 0) {
            return spec;
        }
        Map<Integer, Double> byEpoch = new TreeMap<>();
        for (int i = 0; i < at.size(); i++) {
            byEpoch.put(Math.toIntExact(at.get(i)), rates.get(i));
        }
        return spec.withSchedule(Schedule.Steps.ofEpochs(byEpoch, highest, stepsPerEpoch()));
    }

    /** Steps at which these epochs are over, as far as there are any. */
    private Cadence epochs(List<Long> epochs) {
        return Cadence.at(epochs.stream().map(epoch -> epoch * stepsPerEpoch()).toList());
    }

    /** The students; with a folder some of their weights are kept in it. */
    private final class Students implements Ensemble {
        private final ImageSources sources;
        private final Optional<RunFolder> folder;

        Students(ImageSources sources, Optional<RunFolder> folder) {
            this.sources = sources;
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

        /** What probes look at. */
        private record Watched(
                Chunk chunk, Targets.Teacher teachers, HeldOut.Examples test, ImageSources.Start start) {}

        @Override
        public Members open(Engine engine, Arena arena, Chunk chunk) {
            ImageFeed feed = new ImageFeed(settings(), data);
            StreamedBatches batches = feed.batches(arena, chunk, BATCH, "student order");
            Watched watched =
                    new Watched(chunk, sources.teachers(chunk), feed.test(arena, chunk.count()), sources.start(chunk));
            return Members.of(
                            engine,
                            task(watched, batches),
                            (trainer, scratch, metrics) -> probes(watched, trainer, scratch, metrics))
                    .releasing(batches::close);
        }

        private TrainTask task(Watched watched, StreamedBatches batches) {
            ImageSources.Start start = watched.start();
            TrainTask task =
                    new TrainTask(net(), start.parameters(), batches, watched.teachers(), training(), start.mask());
            return start.moments().map(task::withState).orElse(task);
        }

        private List<Listener> probes(Watched watched, Trainer trainer, Arena arena, Metrics metrics) {
            ChainEvaluation evaluation = new ChainEvaluation(
                    trainer.engine(),
                    arena,
                    watched.teachers(),
                    watched.test(),
                    trainer.network(),
                    nets().pairs(),
                    PIECE);
            Cadence sampling = Cadence.every(stepsPerEpoch());
            List<Listener> probes = new ArrayList<>();
            probes.add(sampling.calling(new DistilledProbe(evaluation, metrics)));
            probes.add(sampling.calling(new CorrelationProbe(evaluation, metrics, matrices())));
            probes.add(sampling.calling(new HealthProbe(metrics)));
            probes.add(Cadence.at(0L).calling(state -> nodes(watched.start(), metrics)));
            folder.filter(own -> !isPart())
                    .ifPresent(own -> probes.add(
                            epochs(settings().wholes("kept")).calling(KeptStates.keeping(own, watched.chunk()))));
            return probes;
        }

        private void nodes(ImageSources.Start start, Metrics metrics) {
            for (int l = 0; l < start.nodes().size(); l++) {
                metrics.append(0, ImageRun.NODES + l, start.nodes().get(l));
            }
        }

        /** Whole matrices at the baselines and at the end; none without baselines, nor of parts. */
        private Cadence matrices() {
            List<Long> baselines = settings().wholes("baselines");
            return isPart() || baselines.isEmpty()
                    ? Cadence.at()
                    : epochs(baselines).or(Cadence.at(steps()));
        }
    }
}

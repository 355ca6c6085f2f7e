package dev.rectifier.study.luckmatters;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.DataSource;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.RedrawnSet;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.Activation;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.probe.ActivityProbe;
import dev.rectifier.probe.BlockNormProbe;
import dev.rectifier.probe.CorrelationProbe;
import dev.rectifier.probe.Evaluation;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.LossProbe;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Ensemble;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.RunContext;
import dev.rectifier.study.TrainingSession;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Constraints;
import dev.rectifier.train.Listener;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Deep students of deep random teachers ({@link DeepNets}): plain SGD, a training set drawn once or anew for every epoch,
 * shuffled every epoch; all replicas see one training set in one order. The loss is the mean squared difference over batch and
 * outputs, or the cross-entropy against the teacher's largest output. Source: Luck Matters, multi-layer family.
 */
record DeepTraining(Settings settings) implements Experiment, Ensemble {
    /** The loss that takes labels. */
    static final String CROSS_ENTROPY = "cross-entropy";

    @Override
    public void check() {
        plan();
        nets().teachers();
        nets().requireStart();
    }

    @Override
    public double cost() {
        double weights = (double) ParameterLayout.of(student()).size();
        return 6 * weights * settings.whole("batch") * steps() * replicas();
    }

    private DeepNets nets() {
        return new DeepNets(settings);
    }

    @Override
    public int replicas() {
        return nets().replicas();
    }

    long steps() {
        return settings.whole("sample") * settings.whole("samples");
    }

    MlpSpec teacher() {
        return nets().teacher();
    }

    MlpSpec student() {
        return nets().student();
    }

    @Override
    public Optional<Ensemble> ensemble() {
        return Optional.of(this);
    }

    @Override
    public Ending run(RunContext context) {
        return TrainingSession.train(context, this);
    }

    @Override
    public Members open(Engine engine, Arena arena, Chunk chunk) {
        Targets.Teacher teacher = nets().teachers(chunk);
        HostTensor students = nets().students(teacher, chunk);
        TrainTask task = TrainTask.of(student(), students, data(engine, arena, chunk), targets(teacher), training());
        Watched watched = new Watched(chunk, teacher, students);
        return Members.of(engine, task, (trainer, scratch, metrics) -> probes(watched, trainer, scratch, metrics));
    }

    /** What probes compare with: teachers and starting students of a chunk. */
    private record Watched(Chunk chunk, Targets.Teacher teacher, HostTensor students) {}

    private boolean labels() {
        return settings.text("loss").equals(CROSS_ENTROPY);
    }

    private Targets targets(Targets.Teacher teacher) {
        return labels()
                ? new Targets.Teacher(teacher.spec(), teacher.parameters(), Targets.Teacher.Answer.LABEL)
                : teacher;
    }

    private TrainSpec training() {
        Loss loss = labels() ? Loss.CROSS_ENTROPY : Loss.MEAN_SQUARED;
        TrainSpec spec = TrainSpec.of(loss, Optimiser.sgd(settings.real("rate")), steps());
        return settings.flag("student.unit-rows") ? spec.withConstraints(unitRows()) : spec;
    }

    /** All hidden rows on the unit sphere; the head stays free, or the outputs' scale could not be learnt. */
    private Constraints unitRows() {
        return Constraints.unitNorm(
                IntStream.range(0, teacher().hidden().size()).boxed().toArray(Integer[]::new));
    }

    private BatchPlan plan() {
        return BatchPlan.shuffled(
                Math.toIntExact(settings.whole("examples")), Math.toIntExact(settings.whole("batch")));
    }

    private DataSource data(Engine engine, Arena arena, Chunk chunk) {
        RedrawnSet.Drawing drawing = drawing("training", settings.whole("examples"), chunk);
        Streams order = chunk.shared(nets().all("order"));
        return settings.flag("input.redrawn")
                ? new RedrawnSet(engine, arena, drawing, plan(), order, Sharing.SHARED)
                : new Minibatches(engine, arena, set(engine, arena, drawing), plan(), order, Sharing.SHARED);
    }

    private RedrawnSet.Drawing drawing(String purpose, long examples, Chunk chunk) {
        InputShape shape = new InputShape(DType.F32, examples, settings.whole("inputs"));
        StreamSpec normal = StreamSpec.normal(0, settings.real("input.deviation"));
        return new RedrawnSet.Drawing(normal, shape, chunk.shared(nets().all(purpose)), Sharing.SHARED);
    }

    private static FiniteSet set(Engine engine, Arena arena, RedrawnSet.Drawing drawing) {
        return FiniteSet.drawn(
                engine, arena, drawing.distribution(), drawing.shape(), drawing.streams(), drawing.sharing());
    }

    private List<Listener> probes(Watched watched, Trainer trainer, Arena arena, Metrics metrics) {
        Targets.Teacher teacher = watched.teacher();
        FiniteSet inputs =
                set(trainer.engine(), arena, drawing("evaluation", settings.whole("evaluation"), watched.chunk()));
        Evaluation evaluation = new Evaluation(trainer.engine(), arena, teacher, inputs.x(), trainer.student());
        Cadence sampling = Cadence.every(settings.whole("sample"));
        List<Listener> probes = new ArrayList<>();
        probes.add(sampling.calling(new LossProbe(evaluation, Loss.MEAN_SQUARED.convention(), metrics)));
        CorrelationProbe correlations = new CorrelationProbe(evaluation, arena, metrics, matrices());
        probes.add(sampling.calling(correlations));
        if (nets().teacher().activation() == Activation.RELU) {
            probes.add(sampling.calling(new ActivityProbe(evaluation, arena, metrics)));
        }
        probes.add(sampling.calling(new HealthProbe(metrics)));
        if (settings.get("paths").isPresent()) {
            View some = inputs.x().rows(0, Math.min(settings.whole("paths"), inputs.examples()));
            probes.add(Cadence.at(steps())
                    .calling(new BlockNormProbe(
                            correlations,
                            trainer.student(),
                            teacher,
                            some,
                            watched.students(),
                            new BlockNormProbe.Sink(
                                    arena, metrics, watched.chunk().first()))));
        }
        return probes;
    }

    /** Whole matrices at the baselines and at the end; none without baselines. */
    private Cadence matrices() {
        if (settings.wholes("baselines").isEmpty()) {
            return Cadence.at();
        }
        List<Long> at = new ArrayList<>(settings.wholes("baselines").stream()
                .map(baseline -> baseline * settings.whole("sample"))
                .toList());
        at.add(steps());
        return Cadence.at(at);
    }
}

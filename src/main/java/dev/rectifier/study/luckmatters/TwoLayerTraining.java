package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.probe.CorrelationProbe;
import dev.rectifier.probe.Evaluation;
import dev.rectifier.probe.FanOutProbe;
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
import java.util.List;
import java.util.Optional;

/**
 * LM-4 with the exact gradient: plain SGD on half the mean squared norm over fresh N(0, I) inputs, every row of both layers
 * (with its bias) divided by its norm after every step.
 */
record TwoLayerTraining(Settings settings) implements Experiment, Ensemble {
    @Override
    public void check() {
        SeededStart start = new SeededStart(settings);
        start.cells();
        start.teacherParameters();
    }

    @Override
    public double cost() {
        SeededStart start = new SeededStart(settings);
        double weights = (double) ParameterLayout.of(start.student()).size();
        return 6 * weights * settings.whole("batch") * settings.whole("steps") * start.replicas();
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
    public int replicas() {
        return new SeededStart(settings).replicas();
    }

    @Override
    public Members open(Engine engine, Arena arena, Chunk chunk) {
        SeededStart start = new SeededStart(settings);
        Targets.Teacher teacher = Targets.Teacher.of(start.teacher(), start.teacherParameters(DType.F32, chunk));
        FreshInputs data = inputs().fresh(engine, arena, chunk.of(start.streams("inputs")));
        TrainSpec spec = TrainSpec.of(
                        Loss.HALF_SQUARED_NORM, Optimiser.sgd(settings.real("rate")), settings.whole("steps"))
                .withConstraints(Constraints.unitNorm(0, 1));
        TrainTask task = TrainTask.of(start.student(), start.studentParameters(DType.F32, chunk), data, teacher, spec);
        Streams evaluated = chunk.shared(start.streams("evaluation"));
        return Members.of(
                engine, task, (trainer, scratch, metrics) -> probes(evaluated, teacher, trainer, scratch, metrics));
    }

    private List<Listener> probes(
            Streams evaluated, Targets.Teacher teacher, Trainer trainer, Arena arena, Metrics metrics) {
        View inputs = inputs().evaluation(trainer.engine(), arena, evaluated);
        Evaluation evaluation = new Evaluation(trainer.engine(), arena, teacher, inputs, trainer.student());
        Cadence sampling = Cadence.every(settings.whole("sample"));
        CorrelationProbe correlations = new CorrelationProbe(evaluation, arena, metrics, Cadence.at());
        return List.of(
                sampling.calling(new LossProbe(evaluation, Loss.HALF_SQUARED_NORM.convention(), metrics)),
                sampling.calling(correlations),
                sampling.calling(new FanOutProbe(evaluation, correlations, arena, metrics)),
                sampling.calling(new HealthProbe(metrics)));
    }

    private StandardInputs inputs() {
        return new StandardInputs(settings, DType.F32);
    }
}

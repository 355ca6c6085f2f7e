package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.probe.CorrelationProbe;
import dev.rectifier.probe.Evaluation;
import dev.rectifier.probe.HealthProbe;
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

/** LM-2 (d): projected SGD on rows and biases of the first layer of {@link OverlapNets}, fresh N(0, I) inputs. */
record OverlapTraining(Settings settings) implements Experiment, Ensemble {
    @Override
    public void check() {
        new OverlapNets(settings).teacher();
    }

    @Override
    public double cost() {
        OverlapNets nets = new OverlapNets(settings);
        double weights = (double) ParameterLayout.of(nets.spec()).size();
        return 6 * weights * settings.whole("batch") * settings.whole("steps") * nets.replicas();
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
        return new OverlapNets(settings).replicas();
    }

    @Override
    public Members open(Engine engine, Arena arena, Chunk chunk) {
        OverlapNets nets = new OverlapNets(settings);
        Targets.Teacher teacher = Targets.Teacher.of(nets.spec(), chunk.of(nets.teacher()));
        FreshInputs data = inputs().fresh(engine, arena, chunk.of(nets.streams("inputs")));
        TrainSpec spec = TrainSpec.of(
                        Loss.HALF_SQUARED_NORM, Optimiser.sgd(settings.real("rate")), settings.whole("steps"))
                .withConstraints(new Constraints(List.of(0), List.of(1)));
        TrainTask task = TrainTask.of(nets.spec(), chunk.of(nets.student()), data, teacher, spec);
        Streams evaluated = chunk.shared(nets.streams("evaluation"));
        return Members.of(
                engine, task, (trainer, scratch, metrics) -> probes(evaluated, teacher, trainer, scratch, metrics));
    }

    private StandardInputs inputs() {
        return new StandardInputs(settings, DType.F32);
    }

    private List<Listener> probes(
            Streams evaluated, Targets.Teacher teacher, Trainer trainer, Arena arena, Metrics metrics) {
        View inputs = inputs().evaluation(trainer.engine(), arena, evaluated);
        Evaluation evaluation = new Evaluation(trainer.engine(), arena, teacher, inputs, trainer.student());
        Cadence sampling = Cadence.every(settings.whole("sample"));
        return List.of(
                sampling.calling(new CorrelationProbe(evaluation, arena, metrics, sampling)),
                sampling.calling(new HealthProbe(metrics)));
    }
}

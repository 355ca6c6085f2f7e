package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.probe.CorrelationProbe;
import dev.rectifier.probe.Evaluation;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.RunContext;
import dev.rectifier.study.TrainingSession;
import dev.rectifier.tensor.DType;
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

/** LM-2 (d): projected SGD on rows and biases of the first layer of {@link OverlapNets}, fresh N(0, I) inputs. */
record OverlapTraining(Settings settings) implements Experiment {
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
    public Ending run(RunContext context) {
        OverlapNets nets = new OverlapNets(settings);
        Targets.Teacher teacher = Targets.Teacher.of(nets.spec(), nets.teacher());
        try (Arena arena = context.engine().openArena("overlap inputs")) {
            FreshInputs data = inputs().fresh(context.engine(), arena, nets.streams("inputs"));
            TrainSpec spec = TrainSpec.of(
                            Loss.HALF_SQUARED_NORM, Optimiser.sgd(settings.real("rate")), settings.whole("steps"))
                    .withConstraints(new Constraints(List.of(0), List.of(1)));
            TrainTask task = TrainTask.of(nets.spec(), nets.student(), data, teacher, spec);
            return TrainingSession.train(
                    context, task, (trainer, scratch, metrics) -> probes(nets, teacher, trainer, scratch, metrics));
        }
    }

    private StandardInputs inputs() {
        return new StandardInputs(settings, DType.F32);
    }

    private List<Listener> probes(
            OverlapNets nets, Targets.Teacher teacher, Trainer trainer, Arena arena, Metrics metrics) {
        View inputs = inputs().evaluation(trainer.engine(), arena, nets.streams("evaluation"));
        Evaluation evaluation = new Evaluation(trainer.engine(), arena, teacher, inputs, trainer.student());
        Cadence sampling = Cadence.every(settings.whole("sample"));
        return List.of(
                sampling.calling(new CorrelationProbe(evaluation, arena, metrics, sampling)),
                sampling.calling(new HealthProbe(metrics)));
    }
}

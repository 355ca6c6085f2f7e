package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.EngineInfo;
import dev.rectifier.engine.View;
import dev.rectifier.model.Activation;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.probe.CorrelationProbe;
import dev.rectifier.probe.Evaluation;
import dev.rectifier.probe.FanOutProbe;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.LossProbe;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.RunContext;
import dev.rectifier.study.TrainingSession;
import dev.rectifier.tensor.DType;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Listener;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Targets;
import java.util.List;
import java.util.Map;

/** LM-4 and LM-5 by the paper's own matrix dynamics, over fresh N(0, I) inputs. */
record SeparatedTraining(Settings settings) implements Experiment {
    @Override
    public void check() {
        SeededStart start = new SeededStart(settings);
        if (start.student().activation() != Activation.RELU) {
            throw new IllegalArgumentException(
                    "The matrix dynamics average gates, which linear networks do not have: set 'activation' to relu.");
        }
        start.cells();
        start.teacherParameters();
    }

    /** Products of the passes and of the averages, per layer: about 2 (3 in out + W^2 + W M + ...) N. */
    @Override
    public double cost() {
        SeededStart start = new SeededStart(settings);
        MlpSpec student = start.student();
        double perExample = 0;
        for (int l = 0; l < student.layers(); l++) {
            double out = student.fanOut(l);
            perExample += 4.0 * student.fanIn(l) * out + (l < student.layers() - 1 ? 6 * out * out : 0);
        }
        return perExample * settings.whole("batch") * settings.whole("steps") * start.replicas();
    }

    @Override
    public Ending run(RunContext context) {
        SeededStart start = new SeededStart(settings);
        Targets.Teacher teacher = Targets.Teacher.of(start.teacher(), start.teacherParameters(DType.F64));
        try (Arena arena = context.engine().openArena("matrix dynamics inputs")) {
            FreshInputs data = inputs().fresh(context.engine(), arena, start.streams("inputs"));
            SeparatedTask task = task(start, teacher, context.engine().info());
            try (SeparatedLoop loop = SeparatedLoop.open(context.engine(), task, data)) {
                return TrainingSession.drive(
                        context,
                        new TrainingSession.Loop(loop, loop::restore, loop::run),
                        (scratch, metrics) -> probes(start, task.teacher(), loop, scratch, metrics));
            }
        }
    }

    private SeparatedTask task(SeededStart start, Targets.Teacher teacher, EngineInfo engine) {
        return new SeparatedTask(
                start.student(),
                start.studentParameters(DType.F64),
                teacher,
                settings.real("rate"),
                settings.whole("steps"),
                Map.of(
                        "dynamics", "separated expectations",
                        "settings", settings.canonicalText(),
                        "engine", engine.name(),
                        "determinism", engine.options().determinism().toString(),
                        "math mode", engine.options().mathMode().toString()));
    }

    private StandardInputs inputs() {
        return new StandardInputs(settings, DType.F64);
    }

    private List<Listener> probes(
            SeededStart start, Targets.Teacher teacher, SeparatedLoop loop, Arena arena, Metrics metrics) {
        View inputs = inputs().evaluation(loop.engine(), arena, start.streams("evaluation"));
        Evaluation evaluation = new Evaluation(loop.engine(), arena, teacher, inputs, loop.student());
        Cadence sampling = Cadence.every(settings.whole("sample"));
        CorrelationProbe correlations = new CorrelationProbe(evaluation, arena, metrics, Cadence.at());
        return List.of(
                sampling.calling(new LossProbe(evaluation, Loss.HALF_SQUARED_NORM.convention(), metrics)),
                sampling.calling(correlations),
                sampling.calling(new FanOutProbe(evaluation, correlations, arena, metrics)),
                sampling.calling(new HealthProbe(metrics)));
    }
}

package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
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
import dev.rectifier.study.Chunk;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Ensemble;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.RunContext;
import dev.rectifier.study.TrainingSession;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Listener;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Targets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** LM-4 and LM-5 by the paper's own matrix dynamics, over fresh N(0, I) inputs. */
record SeparatedTraining(Settings settings) implements Experiment, Ensemble {
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
        Targets.Teacher teacher = Targets.Teacher.of(start.teacher(), start.teacherParameters(DType.F64, chunk));
        FreshInputs data = inputs().fresh(engine, arena, chunk.of(start.streams("inputs")));
        SeparatedTask task = new SeparatedTask(
                start.student(),
                start.studentParameters(DType.F64, chunk),
                teacher,
                settings.real("rate"),
                settings.whole("steps"),
                identity(engine.info(), chunk));
        Streams evaluated = chunk.shared(start.streams("evaluation"));
        SeparatedLoop loop = SeparatedLoop.open(engine, task, data);
        return new Members(loop, (scratch, metrics) -> probes(evaluated, teacher, loop, scratch, metrics));
    }

    private Map<String, String> identity(EngineInfo engine, Chunk chunk) {
        Map<String, String> identity = new LinkedHashMap<>(Map.of(
                "dynamics", "separated expectations",
                "settings", settings.canonicalText(),
                "engine", engine.name(),
                "determinism", engine.options().determinism().toString(),
                "math mode", engine.options().mathMode().toString()));
        if (!chunk.isWhole()) {
            identity.put("chunk", chunk.toString());
        }
        return identity;
    }

    private StandardInputs inputs() {
        return new StandardInputs(settings, DType.F64);
    }

    private List<Listener> probes(
            Streams evaluated, Targets.Teacher teacher, SeparatedLoop loop, Arena arena, Metrics metrics) {
        View inputs = inputs().evaluation(loop.engine(), arena, evaluated);
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

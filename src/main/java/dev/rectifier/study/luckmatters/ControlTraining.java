package dev.rectifier.study.luckmatters;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.model.Activation;
import dev.rectifier.model.InitScheme;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.model.RowNorm;
import dev.rectifier.probe.CorrelationProbe;
import dev.rectifier.probe.Evaluation;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.LossProbe;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Ensemble;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.RunContext;
import dev.rectifier.study.TrainingSession;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A two-layer student, ReLU or linear, of a two-layer teacher of the same kind: x ~ N(0, s^2 I), a fixed training set sampled
 * with replacement, plain SGD on half the mean squared norm, small Gaussian start without biases. Teacher: nine-valued rows,
 * unit-normalised in layer 0 with biases {@code -teacher.bias} and left as they are in layer 1 with biases -0.1. Source: the
 * two-layer family of Tian 2020, where both are -0.1.
 */
record ControlTraining(Settings settings) implements Experiment, Ensemble {
    private static final double HEAD_BIAS = -0.1;

    @Override
    public double cost() {
        double weights = (double) ParameterLayout.of(student()).size();
        return 6 * weights * settings.whole("batch") * settings.whole("steps") * networks();
    }

    private int networks() {
        return Math.toIntExact(settings.whole("networks"));
    }

    private MlpSpec teacher(InitScheme init) {
        return new MlpSpec(
                Math.toIntExact(settings.whole("inputs")),
                List.of(Math.toIntExact(settings.whole("teacher.hidden"))),
                Math.toIntExact(settings.whole("outputs")),
                true,
                Activation.valueOf(settings.text("activation").toUpperCase(Locale.ROOT)),
                init,
                Parametrisation.STANDARD);
    }

    private MlpSpec student() {
        InitScheme small = new InitScheme.Gaussian(settings.real("student.deviation"), 0);
        return teacher(small).widened(Math.toIntExact(settings.whole("student.multiple")));
    }

    /** Layer 0 from rows of unit norm, layer 1 from rows as drawn. */
    private Targets.Teacher teacherNetwork(Streams streams) {
        MlpSpec raw = teacher(drawn(HEAD_BIAS));
        MlpSpec unit =
                teacher(new InitScheme.RowNormalised(drawn(-settings.real("teacher.bias")), RowNorm.WEIGHTS_ONLY));
        HostTensor parameters = Initializer.draw(raw, DType.F32, streams);
        HostTensor normalised = Initializer.draw(unit, DType.F32, streams);
        ParameterLayout layout = ParameterLayout.of(raw);
        int first = Math.toIntExact(layout.weight(1).offset());
        for (int i = 0; i < parameters.length(); i++) {
            if (i % layout.size() < first) {
                parameters.set(i, normalised.get(i));
            }
        }
        return Targets.Teacher.of(raw, parameters);
    }

    private static InitScheme drawn(double bias) {
        return new InitScheme.Separated(InitSchemes.NINE_VALUES, bias, bias);
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
        return networks();
    }

    @Override
    public Members open(Engine engine, Arena arena, Chunk chunk) {
        SeedTree seeds = SeedTree.root(settings.whole("seed")).child("control");
        Targets.Teacher teacher = teacherNetwork(chunk.streams(seeds.child("teacher")));
        HostTensor initial = Initializer.draw(student(), DType.F32, chunk.streams(seeds.child("student")));
        FiniteSet training = inputs(engine, arena, shared(chunk, seeds.child("training")), "examples");
        FiniteSet evaluation = inputs(engine, arena, shared(chunk, seeds.child("evaluation")), "evaluation");
        BatchPlan plan = BatchPlan.withReplacement(training.examples(), Math.toIntExact(settings.whole("batch")));
        Streams order = chunk.streams(seeds.child("order"));
        Minibatches data = new Minibatches(engine, arena, training, plan, order, Sharing.PER_REPLICA);
        TrainSpec spec =
                TrainSpec.of(Loss.HALF_SQUARED_NORM, Optimiser.sgd(settings.real("rate")), settings.whole("steps"));
        TrainTask task = TrainTask.of(student(), initial, data, teacher, spec);
        return Members.of(engine, task, (trainer, scratch, metrics) -> {
            Evaluation compared = new Evaluation(trainer.engine(), scratch, teacher, evaluation.x(), trainer.student());
            Cadence sampling = Cadence.every(settings.whole("sample"));
            return List.of(
                    sampling.calling(new LossProbe(compared, Loss.HALF_SQUARED_NORM.convention(), metrics)),
                    sampling.calling(new CorrelationProbe(compared, scratch, metrics, Cadence.at())),
                    sampling.calling(new HealthProbe(metrics)));
        });
    }

    private Streams shared(Chunk chunk, SeedTree seeds) {
        return chunk.shared(Streams.range(seeds, 0, networks()));
    }

    private FiniteSet inputs(Engine engine, Arena arena, Streams streams, String count) {
        InputShape shape = new InputShape(DType.F32, settings.whole(count), settings.whole("inputs"));
        return FiniteSet.drawn(
                engine, arena, StreamSpec.normal(0, settings.real("input.deviation")), shape, streams, Sharing.SHARED);
    }
}

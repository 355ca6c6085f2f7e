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
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.probe.ActivityProbe;
import dev.rectifier.probe.CorrelationProbe;
import dev.rectifier.probe.Evaluation;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.LossProbe;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.RunContext;
import dev.rectifier.study.TrainingSession;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Listener;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Deep students of deep random teachers: separated teachers with biases, students from PyTorch's default start, plain SGD on
 * the mean squared difference over batch and outputs, a training set drawn once, shuffled every epoch. Replica r has teacher
 * r / T and is trial r % T of T; all replicas see one training set in one order. Source: Luck Matters, multi-layer family.
 */
record DeepTraining(Settings settings) implements Experiment {
    @Override
    public void check() {
        BatchPlan.shuffled(Math.toIntExact(settings.whole("examples")), Math.toIntExact(settings.whole("batch")));
        teacherNetwork();
    }

    @Override
    public double cost() {
        double weights = (double) ParameterLayout.of(student()).size();
        return 6 * weights * settings.whole("batch") * steps() * replicas();
    }

    int replicas() {
        return Math.toIntExact(settings.whole("teachers") * settings.whole("trials"));
    }

    long steps() {
        return settings.whole("sample") * settings.whole("samples");
    }

    MlpSpec teacher() {
        return new MlpSpec(
                Math.toIntExact(settings.whole("inputs")),
                settings.wholes("teacher.hidden").stream().map(Math::toIntExact).toList(),
                Math.toIntExact(settings.whole("outputs")),
                true,
                Activation.valueOf(settings.text("activation").toUpperCase(Locale.ROOT)),
                InitSchemes.SEPARATED_TEACHER,
                Parametrisation.STANDARD);
    }

    MlpSpec student() {
        return teacher()
                .widened(Math.toIntExact(settings.whole("student.multiple")))
                .withInit(InitSchemes.TORCH_DEFAULT);
    }

    private SeedTree seeds() {
        return SeedTree.root(settings.whole("seed")).child("deep");
    }

    private Targets.Teacher teacherNetwork() {
        List<Integer> ids = new ArrayList<>();
        int trials = Math.toIntExact(settings.whole("trials"));
        for (int r = 0; r < replicas(); r++) {
            ids.add(r / trials);
        }
        Streams streams = new Streams(seeds().child("teacher"), ids);
        return Targets.Teacher.of(teacher(), Initializer.draw(teacher(), DType.F32, streams));
    }

    @Override
    public Ending run(RunContext context) {
        Targets.Teacher teacher = teacherNetwork();
        HostTensor initial = Initializer.draw(student(), DType.F32, all("student"));
        try (Arena arena = context.engine().openArena("deep inputs")) {
            FiniteSet training = inputs(context.engine(), arena, "training", settings.whole("examples"));
            BatchPlan plan = BatchPlan.shuffled(training.examples(), Math.toIntExact(settings.whole("batch")));
            Minibatches data = new Minibatches(context.engine(), arena, training, plan, all("order"), Sharing.SHARED);
            TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.sgd(settings.real("rate")), steps());
            TrainTask task = TrainTask.of(student(), initial, data, teacher, spec);
            return TrainingSession.train(
                    context, task, (trainer, scratch, metrics) -> probes(teacher, trainer, scratch, metrics));
        }
    }

    private Streams all(String purpose) {
        return Streams.range(seeds().child(purpose), 0, replicas());
    }

    private FiniteSet inputs(Engine engine, Arena arena, String purpose, long examples) {
        InputShape shape = new InputShape(DType.F32, examples, settings.whole("inputs"));
        StreamSpec normal = StreamSpec.normal(0, settings.real("input.deviation"));
        return FiniteSet.drawn(engine, arena, normal, shape, all(purpose), Sharing.SHARED);
    }

    private List<Listener> probes(Targets.Teacher teacher, Trainer trainer, Arena arena, Metrics metrics) {
        FiniteSet inputs = inputs(trainer.engine(), arena, "evaluation", settings.whole("evaluation"));
        Evaluation evaluation = new Evaluation(trainer.engine(), arena, teacher, inputs.x(), trainer.student());
        Cadence sampling = Cadence.every(settings.whole("sample"));
        List<Listener> probes = new ArrayList<>();
        probes.add(sampling.calling(new LossProbe(evaluation, Loss.MEAN_SQUARED.convention(), metrics)));
        probes.add(sampling.calling(new CorrelationProbe(evaluation, arena, metrics, matrices())));
        if (teacher.spec().activation() == Activation.RELU) {
            probes.add(sampling.calling(new ActivityProbe(evaluation, arena, metrics)));
        }
        probes.add(sampling.calling(new HealthProbe(metrics)));
        return probes;
    }

    /** Whole matrices at the baselines and at the end. */
    private Cadence matrices() {
        List<Long> at = new ArrayList<>(settings.wholes("baselines").stream()
                .map(baseline -> baseline * settings.whole("sample"))
                .toList());
        at.add(steps());
        return Cadence.at(at);
    }
}

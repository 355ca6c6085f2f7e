package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Axis;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import dev.rectifier.record.MetricSeries;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.stats.Moments;
import dev.rectifier.stats.Sample;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.Computation;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Ensemble;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.RunContext;
import dev.rectifier.study.Scale;
import dev.rectifier.study.TrainingSession;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Constraints;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** LM-2 (e): the fan-outs of the rest decay as exp(-Lt), under the population flow and in training on the engine. */
final class FanOutDecayPart implements Part {
    private static final String FLOW = "decay-flow";
    private static final String TRAINING = "decay-training";
    private static final String DIFFERENCE = "flow-difference";
    private static final double TIME = 20;

    private final String study;

    FanOutDecayPart(String study) {
        this.study = study;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        Settings nets = Settings.empty()
                .with("inputs", 12)
                .with("teacher.hidden", 5)
                .with("student.hidden", 15)
                .with("outputs", 4)
                .with("seed", 24);
        Settings training = nets.with("replicas", scale == Scale.SMOKE ? 8 : 32)
                .with("batch", 256)
                .with("rate", 0.01)
                .with("sample", 100);
        return List.of(
                new RunSpec(study, FLOW, scale.word(), nets), new RunSpec(study, TRAINING, scale.word(), training));
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return switch (spec.name()) {
            case FLOW -> Optional.of(new Computation(1e8, 1, (engine, metrics) -> flow(spec.settings(), metrics)));
            case TRAINING -> Optional.of(new Training(spec.settings()));
            default -> Optional.empty();
        };
    }

    private static void flow(Settings settings, Metrics metrics) {
        DecayNets nets = DecayNets.drawn(settings);
        TwoLayer moving = nets.student();
        double dt = 0.005;
        for (int step = 0; step < TIME / dt; step++) {
            FanOutFlow.step(moving, nets.teacher(), dt);
        }
        double exact = nets.restAfter(TIME);
        metrics.append(0, DIFFERENCE, Math.abs(nets.restNorm(moving) / exact - 1));
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        return Map.of(
                "LM-2.decay",
                        () -> Estimate.exact(
                                evidence.run(FLOW).table().series(DIFFERENCE).last()[0], "15 nodes"),
                "LM-2.engine-decay", () -> trained(evidence.run(TRAINING)));
    }

    private static Estimate trained(Evidence.Run run) {
        double exact = DecayNets.drawn(run.spec().settings()).restAfter(TIME);
        Estimate mean = Replicas.mean(Replicas.last(run.table(), RestNormListener.METRIC));
        return Estimate.exact(Math.abs(mean.value() / exact - 1), mean.sample());
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        return List.of(() -> figure(evidence.run(TRAINING)));
    }

    private static Figure figure(Evidence.Run run) {
        MetricSeries series = run.table().series(RestNormListener.METRIC);
        double rate = run.spec().settings().real("rate");
        double[] time =
                Arrays.stream(series.stepsAsDoubles()).map(s -> s * rate).toArray();
        DecayNets nets = DecayNets.drawn(run.spec().settings());
        double[] trained = series.aggregate(v -> Moments.of(Sample.finite(v)).mean());
        double[] exact = Arrays.stream(time).map(nets::restAfter).toArray();
        return new LineFigure(
                new FigureText(
                        "fan-out-decay",
                        "Fan-outs of the rest decay as exp(-Lt)",
                        "Norm of all fan-outs of the nodes that have no teacher, while the lucky nodes sit on theirs: matrix"
                                + " exponential and training on the engine (mean over replicas).",
                        ""),
                Axis.linear("time (learning rate x steps)"),
                Axis.log("norm of the fan-outs of the rest"),
                List.of(
                        Line.of("training", time, trained),
                        Line.of("exp(-Lt)", time, exact).withStroke(Line.Stroke.DASHED)));
    }

    /** SGD on the fan-outs, incoming weights held. */
    private record Training(Settings settings) implements Experiment, Ensemble {
        private long steps() {
            return Math.round(TIME / settings.real("rate"));
        }

        @Override
        public void check() {
            if (settings.whole("student.hidden") < settings.whole("teacher.hidden")) {
                throw new IllegalArgumentException("'student.hidden' must not be below 'teacher.hidden', but they are "
                        + settings.whole("student.hidden") + " and " + settings.whole("teacher.hidden") + ".");
            }
        }

        @Override
        public double cost() {
            return 3e3 * settings.whole("batch") * steps() * settings.whole("replicas");
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
            return Math.toIntExact(settings.whole("replicas"));
        }

        @Override
        public Members open(Engine engine, Arena arena, Chunk chunk) {
            int lucky = Math.toIntExact(settings.whole("teacher.hidden"));
            return Members.of(
                    engine,
                    task(engine, arena, chunk),
                    (trainer, scratch, metrics) -> List.of(
                            Cadence.every(settings.whole("sample")).calling(new RestNormListener(lucky, metrics)),
                            Cadence.ends().calling(new HealthProbe(metrics))));
        }

        private TrainTask task(Engine engine, Arena arena, Chunk chunk) {
            DecayNets nets = DecayNets.drawn(settings);
            SeedTree seeds = SeedTree.root(settings.whole("seed"));
            FreshInputs data = new FreshInputs(
                    engine,
                    arena,
                    StreamSpec.normal(0, 1),
                    new InputShape(DType.F32, settings.whole("batch"), settings.whole("inputs")),
                    chunk.streams(seeds.child("inputs")),
                    Sharing.PER_REPLICA);
            TrainSpec spec = TrainSpec.of(Loss.HALF_SQUARED_NORM, Optimiser.sgd(settings.real("rate")), steps())
                    .withConstraints(new Constraints(List.of(), List.of(0)));
            return TrainTask.of(
                    FlatNets.spec(nets.student()),
                    FlatNets.parameters(nets.student(), DType.F32, chunk.count()),
                    data,
                    Targets.Teacher.of(
                            FlatNets.spec(nets.teacher()), FlatNets.parameters(nets.teacher(), DType.F32, 1)),
                    spec);
        }
    }
}

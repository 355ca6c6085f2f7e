package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.probe.HealthProbe;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.Computation;
import dev.rectifier.study.Ending;
import dev.rectifier.study.Ensemble;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** LM-2 (c): how fast lucky nodes converge, by the equation, the population flow and training on the engine. */
final class LuckyRatePart implements Part {
    static final String FLOW = "lucky-flow";
    static final String TRAINING = "lucky-training";
    private static final String DIFFERENCE = "flow-difference";
    private static final double FLOW_TIME = 5;
    private static final double FLOW_STEP = 0.01;

    private final String study;

    LuckyRatePart(String study) {
        this.study = study;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        Settings starts = Settings.empty().with("angles", Setting.reals(List.of(0.2, 0.5, 1.0, 1.5, 2.0, 2.5)));
        Settings training = starts.with("replicas", scale == Scale.SMOKE ? 8 : 64)
                .with("batch", 64)
                .with("rate", 0.01)
                .with("steps", 3_000)
                .with("sample", 5)
                .with("seed", 24);
        return List.of(
                new RunSpec(study, FLOW, scale.word(), starts), new RunSpec(study, TRAINING, scale.word(), training));
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return switch (spec.name()) {
            case FLOW -> Optional.of(new Computation(1e6, 1, (engine, metrics) -> flow(spec.settings(), metrics)));
            case TRAINING -> Optional.of(new Training(spec.settings()));
            default -> Optional.empty();
        };
    }

    static double[] angles(Settings settings) {
        return settings.reals("angles").stream().mapToDouble(a -> a).toArray();
    }

    private static void flow(Settings settings, Metrics metrics) {
        double[] starts = angles(settings);
        TwoLayer teacher = LuckyStarts.teacher(starts.length);
        TwoLayer student = LuckyStarts.student(starts);
        PopulationFlow.advance(student, teacher, FLOW_TIME, FLOW_STEP);
        double largest = 0;
        for (int j = 0; j < starts.length; j++) {
            double angle = Vectors.angle(student.incoming(j), teacher.incoming(j));
            largest = Math.max(largest, Math.abs(angle - LuckyRate.angleAfter(starts[j], FLOW_TIME, 1)));
        }
        metrics.append(0, DIFFERENCE, largest);
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        return Map.of(
                "LM-2.flow",
                        () -> Estimate.exact(
                                evidence.run(FLOW).table().series(DIFFERENCE).last()[0], "6 starts"),
                "LM-2.order", () -> LuckyTimes.of(evidence).outOfOrder(),
                "LM-2.sgd-rate", () -> LuckyTimes.of(evidence).largestDeviation());
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        return List.of(() -> LuckyTimes.of(evidence).figure());
    }

    /** Projected SGD on the incoming weights, fan-outs held at the identity. */
    private record Training(Settings settings) implements Experiment, Ensemble {
        @Override
        public double cost() {
            double nodes = settings.reals("angles").size();
            return 20 * nodes * nodes * settings.whole("batch") * settings.whole("steps") * settings.whole("replicas");
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
            return Members.of(
                    engine,
                    task(engine, arena, chunk),
                    (trainer, scratch, metrics) -> List.of(
                            Cadence.every(settings.whole("sample")).calling(new AngleListener(metrics)),
                            Cadence.ends().calling(new HealthProbe(metrics))));
        }

        private TrainTask task(Engine engine, Arena arena, Chunk chunk) {
            double[] starts = angles(settings);
            TwoLayer student = LuckyStarts.student(starts);
            TwoLayer teacher = LuckyStarts.teacher(starts.length);
            SeedTree seeds = SeedTree.root(settings.whole("seed"));
            FreshInputs data = new FreshInputs(
                    engine,
                    arena,
                    StreamSpec.normal(0, 1),
                    new InputShape(DType.F32, settings.whole("batch"), 2L * starts.length),
                    chunk.streams(seeds.child("inputs")),
                    Sharing.PER_REPLICA);
            TrainSpec spec = TrainSpec.of(
                            Loss.HALF_SQUARED_NORM, Optimiser.sgd(settings.real("rate")), settings.whole("steps"))
                    .withConstraints(new Constraints(List.of(0), List.of(1)));
            return TrainTask.of(
                    FlatNets.spec(student),
                    FlatNets.parameters(student, DType.F32, chunk.count()),
                    data,
                    Targets.Teacher.of(FlatNets.spec(teacher), FlatNets.parameters(teacher, DType.F32, 1)),
                    spec);
        }
    }
}

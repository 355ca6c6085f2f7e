package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Computation;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Scale;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** LM-2 (d): how often teacher nodes are active together, and whether lucky nodes stay the faster ones as they overlap. */
final class OverlapPart implements Part {
    private static final String RATIO = "overlap-ratio";
    private static final String TRAINING = "overlap-training";
    private static final List<Integer> PERCENT = List.of(50, 31, 16);

    private final String study;

    OverlapPart(String study) {
        this.study = study;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        boolean smoke = scale == Scale.SMOKE;
        Settings nets = Settings.empty()
                .with("inputs", 12)
                .with("teacher.hidden", 6)
                .with("outputs", 12)
                .with("biases", Setting.reals(List.of(0.0, -0.5, -1.0)))
                .with("seed", 24);
        Settings ratio = nets.with("networks", 32).with("examples", scale == Scale.FULL ? 65_536 : 4_096);
        Settings training = nets.with(
                        "angles",
                        Setting.reals(smoke ? List.of(0.25, 0.75, 1.25) : List.of(0.25, 0.5, 0.75, 1.0, 1.25)))
                .with("networks", smoke ? 3 : scale == Scale.SMALL ? 16 : 64)
                .with("batch", 64)
                .with("rate", 0.02)
                .with("steps", smoke ? 2_000 : 3_000)
                .with("sample", smoke ? 50 : 25)
                .with("evaluation", smoke ? 512 : 1_024);
        return List.of(
                new RunSpec(study, RATIO, scale.word(), ratio), new RunSpec(study, TRAINING, scale.word(), training));
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return switch (spec.name()) {
            case RATIO -> Optional.of(ratio(spec.settings()));
            case TRAINING -> Optional.of(new OverlapTraining(spec.settings()));
            default -> Optional.empty();
        };
    }

    private static Experiment ratio(Settings settings) {
        int replicas = new OverlapNets(settings).replicas();
        double samples = (double) replicas * settings.whole("examples");
        return new Computation(500 * samples, replicas, new OverlapRatio(settings)::compute);
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        Map<String, Supplier<Estimate>> measured = new HashMap<>();
        measured.put("LM-2.overlap", () -> largestDistance(evidence.run(RATIO)));
        for (int b = 0; b < PERCENT.size(); b++) {
            int bias = b;
            measured.put(
                    "LM-2.overlap-" + PERCENT.get(b), () -> new OverlapTimes(evidence.run(TRAINING)).outOfOrder(bias));
        }
        return measured;
    }

    private static Estimate largestDistance(Evidence.Run run) {
        MetricTable table = run.table();
        double largest = 0;
        for (int b = 0; b < PERCENT.size(); b++) {
            largest = Math.max(largest, table.series(OverlapRatio.DISTANCE + b).last()[0]);
        }
        return Estimate.exact(largest, run.spec().settings().whole("networks") + " nets of each bias");
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        return List.of(() -> new OverlapTimes(evidence.run(TRAINING)).figure());
    }
}

package dev.rectifier.study.luckmatters;

import dev.rectifier.probe.LossProbe;
import dev.rectifier.record.Axis;
import dev.rectifier.record.BarFigure;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * LM-12 in two layers. Negative control: without ReLU a student learns the function and not the nodes. Without a claim: ReLU
 * teachers whose nodes have thresholds of 0, 1/2 and 1 deviation of their input, so that two orthogonal ones overlap on 0.5,
 * 0.31 and 0.16 of the inputs that activate one.
 */
final class LinearPart implements Part {
    private static final String PREFIX = "control-";
    private static final List<Long> MULTIPLES = List.of(1L, 5L);
    private static final List<Double> DEVIATIONS = List.of(0.0, 0.5, 1.0);
    private static final double INPUT_DEVIATION = 1.5;

    private final String study;

    LinearPart(String study) {
        this.study = study;
    }

    private static String name(String activation, long multiple) {
        return PREFIX + activation + "-x" + multiple;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        List<RunSpec> plan = new ArrayList<>();
        for (String activation : List.of("identity", "relu")) {
            for (long multiple : MULTIPLES) {
                Settings settings =
                        settings(scale).with("activation", activation).with("student.multiple", multiple);
                plan.add(new RunSpec(study, name(activation, multiple), scale.word(), settings));
            }
        }
        return scale == Scale.SMOKE ? plan : withThresholds(plan, scale);
    }

    private List<RunSpec> withThresholds(List<RunSpec> plan, Scale scale) {
        for (double deviations : DEVIATIONS) {
            Settings settings = settings(scale)
                    .with("activation", "relu")
                    .with("student.multiple", 5)
                    .with("teacher.bias", deviations * INPUT_DEVIATION);
            plan.add(new RunSpec(study, PREFIX + "threshold-" + deviations, scale.word(), settings));
        }
        return plan;
    }

    /** Settings of the two-layer family of the follow-up paper, from where the control comes. */
    private static Settings settings(Scale scale) {
        boolean smoke = scale == Scale.SMOKE;
        return Settings.empty()
                .with("inputs", 100)
                .with("teacher.hidden", 10)
                .with("outputs", 50)
                .with("teacher.bias", 0.1)
                .with("input.deviation", INPUT_DEVIATION)
                .with("student.deviation", smoke ? 0.05 : 0.005)
                .with("examples", 10_000)
                .with("batch", 16)
                .with("rate", 0.01)
                .with("steps", smoke ? 4_000 : scale == Scale.SMALL ? 30_000 : 100_000)
                .with("sample", 1_000)
                .with("evaluation", smoke ? 1_024 : 4_096)
                .with("networks", scale == Scale.FULL ? 32 : 4)
                .with("seed", 24);
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return spec.name().startsWith(PREFIX) ? Optional.of(new ControlTraining(spec.settings())) : Optional.empty();
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        Map<String, Supplier<Estimate>> measured = new HashMap<>();
        measured.put("LM-12.linear-loss", () -> largestOverWidths(evidence, LossProbe.METRIC));
        measured.put("LM-12.linear-rho", () -> largestOverWidths(evidence, "rho/0"));
        measured.put("LM-12.relu-rho", () -> Replicas.mean(last(evidence, "relu", 5, "rho/0")));
        measured.put(
                "LM-12.relu-gap",
                () -> Replicas.mean(Replicas.difference(
                        last(evidence, "relu", 5, "rho/0"), last(evidence, "identity", 5, "rho/0"))));
        return measured;
    }

    private static Estimate largestOverWidths(Evidence evidence, String metric) {
        Estimate narrow = Replicas.mean(last(evidence, "identity", 1, metric));
        Estimate wide = Replicas.mean(last(evidence, "identity", 5, metric));
        return narrow.value() > wide.value() ? narrow : wide;
    }

    private static double[] last(Evidence evidence, String activation, long multiple, String metric) {
        return Replicas.last(evidence.run(name(activation, multiple)).table(), metric);
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        return List.of(() -> figure(evidence));
    }

    private static Figure figure(Evidence evidence) {
        List<BarFigure.Bars> bars = new ArrayList<>();
        for (String activation : List.of("relu", "identity")) {
            double[] values = new double[MULTIPLES.size()];
            double[] low = new double[values.length];
            double[] high = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                Estimate mean = Replicas.mean(last(evidence, activation, MULTIPLES.get(i), "rho/0"));
                values[i] = mean.value();
                low[i] = mean.low();
                high[i] = mean.high();
            }
            String name = activation.equals("relu") ? "ReLU" : "linear (control)";
            bars.add(BarFigure.Bars.of(name, values).withErrors(low, high));
        }
        return new BarFigure(
                new FigureText(
                        "linear-control",
                        "Without ReLU the function is learnt, the nodes are not",
                        "Mean best correlation of the teacher's nodes after training; 95 % intervals over networks.",
                        ""),
                "student width",
                Axis.linear("mean best correlation"),
                MULTIPLES.stream().map(m -> m + "x").toList(),
                bars);
    }
}

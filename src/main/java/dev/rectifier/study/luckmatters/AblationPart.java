package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Axis;
import dev.rectifier.record.BarFigure;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** LM-12 in deep nets: one setting changed at a time, compared teacher by teacher after as many epochs. */
final class AblationPart implements Part {
    private static final List<String> SIZES = List.of("examples-1000", "examples-10000");

    private final String study;

    AblationPart(String study) {
        this.study = study;
    }

    /** Which layers are averaged. */
    enum Layers {
        BOTTOM,
        UPPER,
        ALL;

        double[] of(DeepRun run, int at) {
            return switch (this) {
                case BOTTOM -> run.correlation(0, at);
                case UPPER -> run.upperCorrelation(at);
                case ALL -> run.meanCorrelation(0, at);
            };
        }
    }

    /** A claim that one run aligns better than another. */
    record Comparison(String id, Layers layers, String better, String worse) {
        /** Better less worse per replica, both after as many samples as the shorter run has. */
        double[] differences(Evidence evidence) {
            DeepRun left = new DeepRun(evidence.run(better));
            DeepRun right = new DeepRun(evidence.run(worse));
            int at = Math.min(left.samples(), right.samples());
            return Replicas.difference(layers.of(left, at), layers.of(right, at));
        }
    }

    static List<Comparison> comparisons(Scale scale) {
        String unchanged = AblationPlans.unchanged(scale);
        return List.of(
                new Comparison("LM-12.scale", Layers.BOTTOM, unchanged, AblationPlans.run("scale-1")),
                new Comparison("LM-12.examples", Layers.BOTTOM, unchanged, AblationPlans.run(AblationPlans.OWN_EPOCHS)),
                new Comparison("LM-12.no-sep", Layers.UPPER, unchanged, AblationPlans.run("unseparated")),
                new Comparison("LM-12.entropy", Layers.ALL, unchanged, AblationPlans.run("entropy")),
                new Comparison("LM-12.unit-rows", Layers.ALL, unchanged, AblationPlans.run("unit-rows")),
                new Comparison(
                        "LM-12.same-sign",
                        Layers.ALL,
                        AblationPlans.run(AblationPlans.SAME_SIGN),
                        AblationPlans.narrow(scale)));
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        return AblationPlans.plan(study, scale);
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return spec.name().startsWith(AblationPlans.PREFIX)
                ? Optional.of(new DeepTraining(spec.settings()))
                : Optional.empty();
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        Map<String, Supplier<Estimate>> measured = new HashMap<>();
        for (Comparison comparison : comparisons(scale)) {
            measured.put(comparison.id(), () -> Replicas.mean(comparison.differences(evidence)));
            measured.put(comparison.id() + ".sign", () -> positive(comparison.differences(evidence)));
        }
        measured.put("LM-12.examples-order", () -> disorder(scale, evidence));
        return measured;
    }

    private static Estimate positive(double... differences) {
        int count = (int) Arrays.stream(differences).filter(d -> d > 0).count();
        return Estimate.exact(count, Replicas.mean(differences).sample());
    }

    /** Training sets, by size, that do not align the bottom layer better than the next smaller one. */
    private static Estimate disorder(Scale scale, Evidence evidence) {
        List<Estimate> bySize = new ArrayList<>();
        int at = shortest(scale, evidence);
        for (String size : SIZES) {
            bySize.add(bottom(evidence, AblationPlans.run(size), at));
        }
        bySize.add(bottom(evidence, AblationPlans.unchanged(scale), at));
        int wrong = 0;
        for (int i = 1; i < bySize.size(); i++) {
            wrong += bySize.get(i).value() > bySize.get(i - 1).value() ? 0 : 1;
        }
        return Estimate.exact(wrong, bySize.get(0).sample());
    }

    private static int shortest(Scale scale, Evidence evidence) {
        return List.of(AblationPlans.run(SIZES.get(0)), AblationPlans.unchanged(scale)).stream()
                .mapToInt(name -> new DeepRun(evidence.run(name)).samples())
                .min()
                .orElseThrow();
    }

    private static Estimate bottom(Evidence evidence, String name, int at) {
        return Replicas.mean(new DeepRun(evidence.run(name)).correlation(0, at));
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        return scale == Scale.SMOKE ? List.of() : List.of(() -> figure(scale, evidence));
    }

    private Figure figure(Scale scale, Evidence evidence) {
        List<String> names = new ArrayList<>(List.of(AblationPlans.unchanged(scale)));
        names.addAll(plan(scale).stream().map(RunSpec::name).toList());
        int at = shortest(scale, evidence);
        int layers = new DeepRun(evidence.run(names.get(0))).layers();
        List<BarFigure.Bars> bars = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            int l = layer;
            double[] values = names.stream()
                    .mapToDouble(name -> Replicas.mean(new DeepRun(evidence.run(name)).correlation(l, at))
                            .value())
                    .toArray();
            bars.add(BarFigure.Bars.of("layer " + layer, values));
        }
        return new BarFigure(
                new FigureText(
                        "deep-ablations",
                        "What the alignment needs",
                        "Mean best correlation per layer after as many epochs; one setting changed at a time: spread s and number N of"
                                + " the inputs (own: after as many epochs of 1,000), teachers not separated, cross-entropy, unit rows,"
                                + " no biases, rates 0.01, 0.05 and 0.2, the teacher's signs in students as wide as it.",
                        ""),
                "changed setting",
                Axis.linear("mean best correlation"),
                names.stream().map(AblationPlans::label).toList(),
                bars);
    }
}

package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Computation;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.Scale;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** LM-2 (a) and (b): closed forms against Monte Carlo, population gradient against the engine's minibatch gradients. */
final class FormsPart implements Part {
    private static final String FORMS = "closed-forms";
    private static final String GRADIENT = "population-gradient";

    private final String study;

    FormsPart(String study) {
        this.study = study;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        long chunks = switch (scale) {
            case SMOKE -> 4;
            case SMALL -> 16;
            case FULL -> 16_000;
        };
        Settings forms = Settings.empty()
                .with("pairs", 8)
                .with("inputs", 4)
                .with("chunk", 62_500)
                .with("chunks", chunks)
                .with("seed", 24);
        Settings gradient = Settings.empty()
                .with("inputs", 8)
                .with("teacher.hidden", 4)
                .with("student.hidden", 8)
                .with("outputs", 4)
                .with("replicas", 64)
                .with("batch", 512)
                .with("batches", scale == Scale.FULL ? 2_000 : 20)
                .with("seed", 24);
        return List.of(
                new RunSpec(study, FORMS, scale.word(), forms), new RunSpec(study, GRADIENT, scale.word(), gradient));
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        Settings s = spec.settings();
        return switch (spec.name()) {
            case FORMS -> {
                double samples = (double) s.whole("pairs") * s.whole("chunk") * s.whole("chunks");
                int pairs = Math.toIntExact(s.whole("pairs"));
                yield Optional.of(new Computation(300 * samples, pairs, new MonteCarlo(s)::compute));
            }
            case GRADIENT -> {
                double samples = (double) s.whole("replicas") * s.whole("batch") * s.whole("batches");
                int replicas = Math.toIntExact(s.whole("replicas"));
                yield Optional.of(new Computation(1000 * samples, replicas, new GradientSampling(s)::compute));
            }
            default -> Optional.empty();
        };
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        return Map.of(
                "LM-2.forms",
                        () -> Replicas.largest(evidence.run(FORMS)
                                .table()
                                .series(MonteCarlo.METRIC)
                                .last()),
                "LM-2.gradient",
                        () -> Estimate.exact(
                                evidence.run(GRADIENT)
                                        .table()
                                        .series(GradientSampling.METRIC)
                                        .last()[0],
                                "all entries of one gradient"));
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        return List.of();
    }
}

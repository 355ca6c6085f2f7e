package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.Scale;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** LM-1: the gradient relation against the engine's own back-propagation. */
final class RelationPart implements Part {
    private static final String SMALL_NET = "relation";
    private static final String LARGE_NET = "relation-large";

    private final String study;

    RelationPart(String study) {
        this.study = study;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        RunSpec small = new RunSpec(study, SMALL_NET, scale.word(), settings(List.of(5L, 6L, 7L), 2, 4, 4, 256, 8));
        if (scale != Scale.FULL) {
            return List.of(small);
        }
        Settings large = settings(List.of(50L, 75L, 100L, 125L), 10, 20, 100, 192, 1);
        return List.of(small, new RunSpec(study, LARGE_NET, scale.word(), large));
    }

    private static Settings settings(
            List<Long> hidden, long multiple, long inputs, long outputs, long examples, long networks) {
        return Settings.empty()
                .with("teacher.hidden", Setting.wholes(hidden))
                .with("student.multiple", multiple)
                .with("inputs", inputs)
                .with("outputs", outputs)
                .with("examples", examples)
                .with("networks", networks)
                .with("seed", 24);
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return switch (spec.name()) {
            case SMALL_NET -> Optional.of(new RelationCheck(spec.settings(), false).experiment());
            case LARGE_NET -> Optional.of(new RelationCheck(spec.settings(), true).experiment());
            default -> Optional.empty();
        };
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        return Map.of(
                "LM-1.fp64", () -> largest(scale, evidence, "error/F64"),
                "LM-1.fp32", () -> largest(scale, evidence, "error/F32"),
                "LM-1.factored", () -> largest(scale, evidence, "factored/F64"),
                "LM-1.control",
                        () -> {
                            double[] errors = evidence.run(SMALL_NET)
                                    .table()
                                    .series("control/F64")
                                    .last();
                            Estimate flipped = Replicas.largest(
                                    Arrays.stream(errors).map(e -> -e).toArray());
                            return Estimate.exact(-flipped.value(), flipped.sample());
                        });
    }

    private static Estimate largest(Scale scale, Evidence evidence, String metric) {
        MetricTable small = evidence.run(SMALL_NET).table();
        Estimate first = Replicas.largest(small.series(metric).last());
        if (scale != Scale.FULL) {
            return first;
        }
        Estimate second =
                Replicas.largest(evidence.run(LARGE_NET).table().series(metric).last());
        return second.value() > first.value() ? second : first;
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        return List.of();
    }
}

package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** LM-4: unlucky nodes of over-parameterised two-layer students are silenced from above. */
final class TwoLayerPart implements Part {
    private final String study;
    private final TwoLayerPlans plans;

    TwoLayerPart(String study, TwoLayerPlans plans) {
        this.study = study;
        this.plans = plans;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        return plans.plan(study, scale);
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return spec.name().startsWith(TwoLayerPlans.PREFIX)
                ? Optional.of(new TwoLayerTraining(spec.settings()))
                : Optional.empty();
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        Map<String, Supplier<Estimate>> measured = new HashMap<>();
        for (long multiple : plans.multiples(scale)) {
            String id = "LM-4.x" + multiple;
            Supplier<SeededCells> cells = () -> cells(evidence, multiple);
            measured.put(id + ".start", () -> cells.get().startRatio(0));
            measured.put(id + ".ratio", () -> cells.get().endRatio(0));
            measured.put(id + ".rho", () -> cells.get().correlation(0));
            measured.put(id + ".order", () -> cells.get().outOfOrder(3));
            measured.put(id + ".unseeded", () -> cells.get().endRatio(2));
        }
        return measured;
    }

    private static SeededCells cells(Evidence evidence, long multiple) {
        return new SeededCells(evidence.run(TwoLayerPlans.name(multiple)));
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        List<Supplier<Figure>> figures = new ArrayList<>();
        for (long multiple : plans.multiples(scale)) {
            figures.add(() -> new SeededFigures(cells(evidence, multiple), multiple, "x" + multiple).overTime());
            figures.add(() -> new SeededFigures(cells(evidence, multiple), multiple, "x" + multiple).byNode());
        }
        return figures;
    }
}

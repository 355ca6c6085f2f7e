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

/** LM-4 and LM-5 by the paper's own matrix dynamics: who keeps fan-outs when expectations are taken apart. */
final class SeparatedPart implements Part {
    private final String study;

    SeparatedPart(String study) {
        this.study = study;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        return SeparatedPlans.plan(study, scale);
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return spec.name().startsWith(SeparatedPlans.PREFIX)
                ? Optional.of(new SeparatedTraining(spec.settings()))
                : Optional.empty();
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        Map<String, Supplier<Estimate>> measured = new HashMap<>();
        for (long multiple : SeparatedPlans.multiples(scale)) {
            String id = "LM-4m.x" + multiple;
            Supplier<SeededCells> cells = () -> cells(evidence, SeparatedPlans.name(multiple));
            measured.put(id + ".start", () -> cells.get().startRatio(0));
            measured.put(id + ".ratio", () -> cells.get().endRatio(0));
            measured.put(id + ".rho", () -> cells.get().correlation(0));
            measured.put(id + ".order", () -> cells.get().outOfOrder(3));
            measured.put(id + ".unseeded", () -> cells.get().endRatio(2));
        }
        Supplier<SeededCells> readme = () -> cells(evidence, SeparatedPlans.README);
        measured.put("LM-4m.readme.lucky", () -> readme.get().endNorm(0, true));
        measured.put("LM-4m.readme.unlucky", () -> readme.get().endNorm(0, false));
        measured.put(
                "LM-4m.bias.ratio", () -> cells(evidence, SeparatedPlans.BIAS).endRatio(0));
        threeLayers(scale, evidence, measured);
        return measured;
    }

    private static void threeLayers(Scale scale, Evidence evidence, Map<String, Supplier<Estimate>> measured) {
        for (long multiple : SeparatedPlans.deepMultiples(scale)) {
            String id = "LM-5.x" + multiple;
            Supplier<SeededCells> cells = () -> cells(evidence, SeparatedPlans.deepName(multiple));
            measured.put(id + ".ratio", () -> cells.get().endRatio(0));
            measured.put(id + ".fall", () -> cells.get().fall(0));
            measured.put(id + ".unseeded", () -> cells.get().endRatio(2));
            measured.put(id + ".order", () -> cells.get().outOfOrder(3));
        }
    }

    private static SeededCells cells(Evidence evidence, String run) {
        return new SeededCells(evidence.run(run));
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        List<Supplier<Figure>> figures = new ArrayList<>();
        for (long multiple : SeparatedPlans.multiples(scale)) {
            figures.add(() -> byNode(evidence, SeparatedPlans.name(multiple), multiple));
        }
        for (long multiple : SeparatedPlans.deepMultiples(scale)) {
            figures.add(() -> byNode(evidence, SeparatedPlans.deepName(multiple), multiple));
        }
        return figures;
    }

    private static Figure byNode(Evidence evidence, String run, long multiple) {
        return new SeededFigures(cells(evidence, run), multiple, run).byNode();
    }
}

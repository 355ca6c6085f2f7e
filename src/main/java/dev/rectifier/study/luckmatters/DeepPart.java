package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.Scale;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** LM-6a, LM-7 and the outputs ablation of LM-12: deep random teachers. */
final class DeepPart implements Part {
    private final String study;

    DeepPart(String study) {
        this.study = study;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        return DeepPlans.plan(study, scale);
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return spec.name().startsWith(DeepPlans.PREFIX)
                ? Optional.of(new DeepTraining(spec.settings()))
                : Optional.empty();
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        Map<String, Supplier<Estimate>> measured = new HashMap<>();
        alignment(scale, evidence, measured);
        ranks(scale, evidence, measured);
        widths(scale, evidence, measured);
        measured.put(
                "LM-12.outputs",
                () -> Replicas.mean(Replicas.difference(
                        atEnd(evidence, DeepPlans.outputs(scale, 100), 1),
                        atEnd(evidence, DeepPlans.outputs(scale, 10), 1))));
        return measured;
    }

    private static DeepRun run(Evidence evidence, String name) {
        return new DeepRun(evidence.run(name));
    }

    private static double[] atEnd(Evidence evidence, String name, int layer) {
        DeepRun run = run(evidence, name);
        return run.correlation(layer, run.samples());
    }

    private static void alignment(Scale scale, Evidence evidence, Map<String, Supplier<Estimate>> measured) {
        int judged = DeepPlans.judged(scale);
        Supplier<DeepRun> main = () -> run(evidence, DeepPlans.main(scale));
        measured.put("LM-6a.loss", () -> {
            double[] last = main.get().loss(judged);
            double[] before = main.get().loss(judged - 1);
            Arrays.setAll(last, r -> Math.min(last[r], before[r]));
            return Replicas.mean(Replicas.ratio(last, main.get().loss(0)));
        });
        measured.put("LM-6a.bottom", () -> Replicas.mean(main.get().correlation(0, judged)));
        measured.put("LM-6a.upper", () -> Replicas.mean(main.get().upperCorrelation(judged)));
        measured.put("LM-6a.gain", () -> {
            DeepRun run = main.get();
            return run.worstLayer(
                    1, l -> Replicas.difference(run.correlation(l, judged), run.correlation(l, 0)), false);
        });
    }

    private static void ranks(Scale scale, Evidence evidence, Map<String, Supplier<Estimate>> measured) {
        int judged = DeepPlans.judged(scale);
        Supplier<DeepRun> main = () -> run(evidence, DeepPlans.main(scale));
        measured.put("LM-6a.rank0", () -> {
            DeepRun run = main.get();
            return run.worstLayer(0, l -> run.meanRank(l, 0, judged), true);
        });
        measured.put("LM-6a.rank1", () -> {
            DeepRun run = main.get();
            return run.worstLayer(0, l -> run.meanRank(l, 1, judged), true);
        });
        measured.put("LM-6a.rank0-bottom", () -> Replicas.mean(main.get().meanRank(0, 0, judged)));
        measured.put("LM-6a.rank0-top", () -> Replicas.mean(main.get().meanRank(3, 0, judged)));
        measured.put("LM-6a.depth", () -> inversions(main.get(), judged));
    }

    private static Estimate inversions(DeepRun run, int judged) {
        int wrong = 0;
        Estimate below = Replicas.mean(run.meanRank(0, 0, judged));
        for (int layer = 1; layer < run.layers(); layer++) {
            Estimate here = Replicas.mean(run.meanRank(layer, 0, judged));
            wrong += here.value() > below.value() ? 0 : 1;
            below = here;
        }
        return Estimate.exact(wrong, below.sample());
    }

    private static void widths(Scale scale, Evidence evidence, Map<String, Supplier<Estimate>> measured) {
        for (long multiple : DeepPlans.widths(scale)) {
            measured.put(
                    "LM-7.x" + multiple,
                    () -> Replicas.mean(Replicas.difference(upper(evidence, multiple), upper(evidence, 1))));
        }
        measured.put("LM-7.x50", () -> {
            double[] best = upper(evidence, 5);
            double[] ten = upper(evidence, 10);
            Arrays.setAll(best, r -> (best[r] + ten[r]) / 2);
            return Replicas.mean(Replicas.difference(best, upper(evidence, 50)));
        });
        measured.put(
                "LM-7.bottom",
                () -> DeepPlans.widths(scale).stream()
                        .map(multiple -> Replicas.mean(atEnd(evidence, DeepPlans.width(multiple), 0)))
                        .min((a, b) -> Double.compare(a.value(), b.value()))
                        .orElseThrow());
    }

    private static double[] upper(Evidence evidence, long multiple) {
        DeepRun run = run(evidence, DeepPlans.width(multiple));
        return run.upperCorrelation(run.samples());
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        DeepFigures figures = new DeepFigures(scale, evidence);
        return scale == Scale.SMOKE
                ? List.of(figures::alignment)
                : List.of(figures::alignment, figures::ranks, figures::widths);
    }
}

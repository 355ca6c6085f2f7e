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
        Measuring main = new Measuring(scale, evidence);
        measured.put("LM-6a.loss", main.of((run, judged) -> {
            double[] last = run.loss(judged);
            double[] before = run.loss(judged - 1);
            Arrays.setAll(last, r -> Math.min(last[r], before[r]));
            return Replicas.mean(Replicas.ratio(last, run.loss(0)));
        }));
        measured.put("LM-6a.bottom", main.of((run, judged) -> Replicas.mean(run.correlation(0, judged))));
        measured.put("LM-6a.upper", main.of((run, judged) -> Replicas.mean(run.upperCorrelation(judged))));
        measured.put(
                "LM-6a.gain",
                main.of((run, judged) -> run.worstLayer(
                        1, l -> Replicas.difference(run.correlation(l, judged), run.correlation(l, 0)), false)));
    }

    private static void ranks(Scale scale, Evidence evidence, Map<String, Supplier<Estimate>> measured) {
        Measuring main = new Measuring(scale, evidence);
        measured.put("LM-6a.rank0", main.of((run, judged) -> run.worstLayer(0, l -> run.meanRank(l, 0, judged), true)));
        measured.put("LM-6a.rank1", main.of((run, judged) -> run.worstLayer(0, l -> run.meanRank(l, 1, judged), true)));
        measured.put("LM-6a.rank0-bottom", main.of((run, judged) -> Replicas.mean(run.meanRank(0, 0, judged))));
        measured.put("LM-6a.rank0-top", main.of((run, judged) -> Replicas.mean(run.meanRank(3, 0, judged))));
        measured.put("LM-6a.depth", main.of(DeepPart::inversions));
    }

    /** Reads the run that decides LM-6a once it is asked for. */
    private record Measuring(Scale scale, Evidence evidence) {
        interface Statistic {
            Estimate of(DeepRun run, int judged);
        }

        Supplier<Estimate> of(Statistic statistic) {
            return () -> {
                DeepRun main = run(evidence, DeepPlans.main(scale));
                return statistic.of(main, main.judged(scale));
            };
        }
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

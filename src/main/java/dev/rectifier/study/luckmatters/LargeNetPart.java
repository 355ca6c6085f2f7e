package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Axis;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** LM-8 without images and BatchNorm: finite against redrawn inputs, separated against other teachers, teacher by teacher. */
final class LargeNetPart implements Part {
    private final String study;

    LargeNetPart(String study) {
        this.study = study;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        return LargeNetPlans.plan(study, scale);
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return spec.name().startsWith(LargeNetPlans.PREFIX)
                ? Optional.of(new DeepTraining(spec.settings()))
                : Optional.empty();
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        return Map.of(
                "LM-8.loss",
                () -> learnt(new DeepRun(evidence.run(LargeNetPlans.REDRAWN))),
                "LM-8.redrawn",
                () -> bottomGain(evidence, LargeNetPlans.REDRAWN, LargeNetPlans.FINITE),
                "LM-8.redrawn-unseparated",
                () -> bottomGain(evidence, LargeNetPlans.UNSEPARATED, LargeNetPlans.FINITE_UNSEPARATED),
                "LM-8.separated",
                () -> bottomGain(evidence, LargeNetPlans.REDRAWN, LargeNetPlans.UNSEPARATED));
    }

    private static Estimate learnt(DeepRun run) {
        return Replicas.mean(Replicas.ratio(run.loss(run.samples()), run.loss(0)));
    }

    private static Estimate bottomGain(Evidence evidence, String better, String worse) {
        return Replicas.mean(Replicas.difference(bottom(evidence, better), bottom(evidence, worse)));
    }

    private static double[] bottom(Evidence evidence, String name) {
        DeepRun run = new DeepRun(evidence.run(name));
        return run.correlation(0, run.samples());
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        return scale == Scale.SMOKE ? List.of() : List.of(() -> figure(evidence));
    }

    private static Figure figure(Evidence evidence) {
        List<Line> lines = new ArrayList<>();
        lines.add(bottomLine("separated, one set", new DeepRun(evidence.run(LargeNetPlans.FINITE))));
        lines.add(bottomLine("separated, redrawn", new DeepRun(evidence.run(LargeNetPlans.REDRAWN))));
        lines.add(bottomLine("not separated, redrawn", new DeepRun(evidence.run(LargeNetPlans.UNSEPARATED))));
        return new LineFigure(
                new FigureText(
                        "large-bottom",
                        "Large teachers: the bottom layer",
                        "Mean best correlation in layer 0; mean over the replicas.",
                        ""),
                Axis.linear("epochs of training"),
                Axis.linear("mean best correlation"),
                lines);
    }

    private static Line bottomLine(String name, DeepRun run) {
        double[] x = new double[run.samples() + 1];
        double[] mean = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
            mean[i] = Replicas.mean(run.correlation(0, i)).value();
        }
        return Line.of(name, x, mean);
    }
}

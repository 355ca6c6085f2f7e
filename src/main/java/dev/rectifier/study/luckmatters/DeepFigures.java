package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Axis;
import dev.rectifier.record.BarFigure;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import dev.rectifier.record.PanelFigure;
import dev.rectifier.record.Reference;
import dev.rectifier.stats.Moments;
import dev.rectifier.stats.Sample;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Pictures of the deep runs. */
final class DeepFigures {
    private static final List<Integer> BASELINES = List.of(0, 1, 2, 4);

    private final Scale scale;
    private final Evidence evidence;

    DeepFigures(Scale scale, Evidence evidence) {
        this.scale = scale;
        this.evidence = evidence;
    }

    private DeepRun main() {
        return new DeepRun(evidence.run(DeepPlans.main(scale)));
    }

    /** Loss and mean best correlation per layer over training. */
    Figure alignment() {
        DeepRun run = main();
        List<Line> layers = new ArrayList<>();
        for (int layer = 0; layer < run.layers(); layer++) {
            int l = layer;
            layers.add(curve("layer " + l, run.samples() + 1, at -> run.correlation(l, at)));
        }
        Figure correlation = new LineFigure(
                new FigureText("deep-correlation", "Best correlation with each teacher node", "", ""),
                Axis.linear("sample"),
                Axis.linear("mean over teacher nodes"),
                layers);
        Figure loss = new LineFigure(
                new FigureText("deep-loss", "Loss", "", ""),
                Axis.linear("sample"),
                Axis.log("mean squared difference"),
                List.of(curve("", run.samples() + 1, run::loss)));
        return new PanelFigure(
                new FigureText(
                        "deep-alignment",
                        "Students find their teachers' nodes, bottom layer first",
                        "Deep students of random teachers 10-15-20-25, evaluated on 1,024 inputs; mean, least and greatest of the"
                                + " replicas. Constant teacher nodes are left out.",
                        ""),
                2,
                List.of(loss, correlation));
    }

    private static Line curve(String name, int points, IntFunction<double[]> values) {
        double[] x = new double[points];
        double[] mean = new double[points];
        double[] low = new double[points];
        double[] high = new double[points];
        for (int i = 0; i < points; i++) {
            Moments moments = Moments.of(Sample.finite(values.apply(i)));
            boolean some = moments.count() > 0;
            x[i] = i;
            mean[i] = some ? moments.mean() : Double.NaN;
            low[i] = some ? moments.min() : Double.NaN;
            high[i] = some ? moments.max() : Double.NaN;
        }
        return Line.of(name, x, mean).withBand(low, high);
    }

    /** Where the final winners stood at earlier samples. */
    Figure ranks() {
        DeepRun run = main();
        int judged = run.judged(scale);
        double[] x = BASELINES.stream()
                .filter(b -> b <= run.samples())
                .mapToDouble(b -> b)
                .toArray();
        List<Line> lines = new ArrayList<>();
        for (int layer = 0; layer < run.layers(); layer++) {
            double[] mean = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                mean[i] = Replicas.mean(run.meanRank(layer, BASELINES.get(i), judged))
                        .value();
            }
            lines.add(Line.of("layer " + layer, x, mean));
        }
        return new LineFigure(
                new FigureText(
                        "deep-ranks",
                        "The winners are decided early",
                        "Mean rank, in percent of the layer's width, that the nodes winning after " + judged
                                + " epochs had after fewer epochs.",
                        ""),
                Axis.linear("epochs of training"),
                Axis.linear("mean rank (%)"),
                lines,
                List.of(new Reference("chance", 50)));
    }

    /** Mean best correlation by layer and width. */
    Figure widths() {
        List<Long> multiples = DeepPlans.widths(scale);
        List<BarFigure.Bars> bars = new ArrayList<>();
        for (int layer = 0; layer < main().layers(); layer++) {
            bars.add(layerBars(layer, multiples));
        }
        return new BarFigure(
                new FigureText(
                        "deep-widths",
                        "Wider students find more of the teacher",
                        "Mean best correlation per layer at the end, by width of the student relative to its teacher.",
                        ""),
                "student width",
                Axis.linear("mean best correlation"),
                multiples.stream().map(m -> m + "x").toList(),
                bars);
    }

    private BarFigure.Bars layerBars(int layer, List<Long> multiples) {
        double[] values = new double[multiples.size()];
        for (int i = 0; i < values.length; i++) {
            DeepRun run = new DeepRun(evidence.run(DeepPlans.width(multiples.get(i))));
            Estimate mean = Replicas.mean(run.correlation(layer, run.samples()));
            values[i] = mean.value();
        }
        return BarFigure.Bars.of("layer " + layer, values);
    }
}

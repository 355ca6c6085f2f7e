package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Axis;
import dev.rectifier.record.BarFigure;
import dev.rectifier.record.BarFigure.Bars;
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
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Pictures of the runs on images. */
final class ImageFigures {
    private static final String EPOCHS = "epochs of training";

    private final Scale scale;
    private final Evidence evidence;

    ImageFigures(Scale scale, Evidence evidence) {
        this.scale = scale;
        this.evidence = evidence;
    }

    private ImageRun run(String name) {
        return new ImageRun(evidence.run(name));
    }

    private ImageRun main() {
        return run(ImagePlans.width(ImagePlans.judged(scale)));
    }

    /** Loss and mean best correlation per layer over training. */
    Figure alignment() {
        ImageRun run = main();
        List<Line> layers = new ArrayList<>();
        for (int layer = 0; layer < run.layers(); layer++) {
            int l = layer;
            layers.add(curve("layer " + l, run, epoch -> run.correlation(l, epoch)));
        }
        Figure correlation = new LineFigure(
                new FigureText("images-correlation", "Best correlation with each teacher node", "", ""),
                Axis.linear(EPOCHS),
                Axis.linear("mean over teacher nodes"),
                layers);
        Figure loss = new LineFigure(
                new FigureText("images-loss", "Loss on test images", "", ""),
                Axis.linear(EPOCHS),
                Axis.log("mean squared difference"),
                List.of(curve("", run, run::loss)));
        return new PanelFigure(
                new FigureText(
                        "images-alignment",
                        "Students of teachers that read images",
                        "Students with BatchNorm, " + ImagePlans.judged(scale)
                                + " times as wide as their teachers; mean, least and greatest of the replicas.",
                        ""),
                2,
                List.of(loss, correlation));
    }

    private static Line curve(String name, ImageRun run, IntFunction<double[]> values) {
        Moments[] at = IntStream.rangeClosed(0, run.epochs())
                .mapToObj(epoch -> Moments.of(Sample.finite(values.apply(epoch))))
                .toArray(Moments[]::new);
        double[] x = IntStream.range(0, at.length).asDoubleStream().toArray();
        return Line.of(name, x, each(at, Moments::mean)).withBand(each(at, Moments::min), each(at, Moments::max));
    }

    private static double[] each(Moments[] of, ToDoubleFunction<Moments> number) {
        return Arrays.stream(of)
                .mapToDouble(one -> one.count() > 0 ? number.applyAsDouble(one) : Double.NaN)
                .toArray();
    }

    /** Where the final winners stood at earlier epochs. */
    Figure ranks() {
        ImageRun run = main();
        double[] x = run.baselines();
        List<Line> lines = new ArrayList<>();
        for (int layer = 0; layer < run.layers(); layer++) {
            int l = layer;
            double[] mean = Arrays.stream(x)
                    .map(epoch -> Replicas.mean(run.meanRank(l, (int) epoch)).value())
                    .toArray();
            lines.add(Line.of("layer " + layer, x, mean));
        }
        return new LineFigure(
                new FigureText(
                        "images-ranks",
                        "When the winners are decided on images",
                        "Mean rank, in percent of the layer's width, that the nodes winning in the end had after fewer epochs.",
                        ""),
                Axis.linear(EPOCHS),
                Axis.linear("mean rank (%)"),
                lines,
                List.of(new Reference("chance", 50)));
    }

    /** Mean best correlation by layer and width. */
    Figure widths() {
        List<String> runs =
                ImagePlans.widths(scale).stream().map(ImagePlans::width).toList();
        List<Bars> bars = IntStream.range(0, main().layers())
                .mapToObj(l -> Bars.of(
                        "layer " + l,
                        runs.stream().mapToDouble(name -> end(name, l)).toArray()))
                .toList();
        return new BarFigure(
                new FigureText(
                        "images-widths",
                        "Students of several widths on images",
                        "Mean best correlation per layer at the end of each run, by width of the student relative to its teacher.",
                        ""),
                "student width",
                Axis.linear("mean best correlation"),
                ImagePlans.widths(scale).stream().map(m -> m + "x").toList(),
                bars);
    }

    private double end(String name, int layer) {
        ImageRun run = run(name);
        return Replicas.mean(run.correlation(layer, run.epochs())).value();
    }

    /** Loss of parts of students at the end. */
    Figure resets() {
        List<String> names = ImagePlans.resets(scale);
        Moments[] losses = names.stream()
                .map(this::run)
                .map(run -> Moments.of(Sample.finite(run.loss(run.epochs()))))
                .toArray(Moments[]::new);
        Bars bars = Bars.of("loss at the end", each(losses, Moments::mean))
                .withErrors(each(losses, Moments::min), each(losses, Moments::max));
        return new BarFigure(
                new FigureText(
                        "images-resets",
                        "Parts of students, reset and trained again",
                        "Mean squared difference to the teacher on test images of as many nodes: the student's winners and random"
                                + " nodes with their weights of an epoch, and nodes drawn anew. Mean, least and greatest of the replicas.",
                        ""),
                "nodes and the epoch that they are reset to",
                Axis.linear("mean squared difference"),
                names.stream()
                        .map(name -> name.substring(ImagePlans.PREFIX.length()))
                        .toList(),
                List.of(bars));
    }
}

package dev.rectifier.study.bnbias;

import dev.rectifier.record.Axis;
import dev.rectifier.record.BarFigure;
import dev.rectifier.record.BarFigure.Bars;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.PanelFigure;
import dev.rectifier.stats.Moments;
import dev.rectifier.study.Evidence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Pictures of one trained network beside the control. */
final class TrainedFigures {
    private static final String LAYER = "BatchNorm layer";

    private final String run;
    private final Evidence evidence;

    TrainedFigures(String run, Evidence evidence) {
        this.run = run;
        this.evidence = evidence;
    }

    /** All of them; each is left out where its run is missing or all its replicas failed. */
    List<Figure> all() {
        List<Supplier<Figure>> drawn = List.of(this::shares, this::active, this::histograms);
        return biases(run).isEmpty()
                ? List.of()
                : drawn.stream().map(Supplier::get).toList();
    }

    /** The trained networks of a run; none if it is missing. */
    private List<BiasShares> biases(String name) {
        Evidence.Run found = evidence.runs().get(name);
        return found == null ? List.of() : new TrainedBiases(found.table()).networks();
    }

    private Figure shares() {
        List<Bars> bars = new ArrayList<>(List.of(bars(run, NormLayer::share)));
        List<BiasShares> control = biases(BnBiasPlans.CONTROL);
        int layers = biases(run).get(0).layers().size();
        if (!control.isEmpty() && control.get(0).layers().size() == layers) {
            bars.add(bars(BnBiasPlans.CONTROL, NormLayer::share));
        }
        List<Double> paper = VggBn.VGG19_BN.paperShares();
        if (paper.size() == layers) {
            bars.add(new Bars("paper (ImageNet)", paper, List.of(), List.of()));
        }
        return figure(
                new FigureText(
                        run + "-shares",
                        "Share of negative BatchNorm biases: " + run,
                        "Share of the channels of each BatchNorm layer whose bias is at most 0, bottom layer first; mean, least and"
                                + " greatest of the replicas.",
                        ""),
                "share of biases at most 0",
                bars);
    }

    private Figure active() {
        return figure(
                new FigureText(
                        run + "-active",
                        "How often a ReLU behind BatchNorm is active: " + run,
                        "Phi(bias / |scale|), mean over the channels of each layer, bottom layer first: right where what BatchNorm"
                                + " normalised is Gaussian. Mean, least and greatest of the replicas.",
                        ""),
                "P(active)",
                List.of(bars(run, NormLayer::activeProbability)));
    }

    private Figure histograms() {
        Evidence.Run found = evidence.run(run);
        PanelFigure drawn = new TrainedBiases(found.table()).pooled().histograms("");
        FigureText text = new FigureText(
                run + "-histograms",
                drawn.text().title() + ": " + run,
                drawn.text().caption() + " All replicas together.",
                "");
        return new PanelFigure(text, drawn.columns(), drawn.panels());
    }

    private Figure figure(FigureText text, String y, List<Bars> bars) {
        List<String> categories = IntStream.range(0, bars.get(0).values().size())
                .mapToObj(Integer::toString)
                .toList();
        return new BarFigure(text, LAYER, Axis.linear(y), categories, bars);
    }

    private Bars bars(String name, ToDoubleFunction<NormLayer> number) {
        List<BiasShares> networks = biases(name);
        Moments[] layers = IntStream.range(0, networks.get(0).layers().size())
                .mapToObj(l -> Moments.of(networks.stream()
                        .mapToDouble(
                                network -> number.applyAsDouble(network.layers().get(l)))
                        .toArray()))
                .toArray(Moments[]::new);
        return Bars.of(name, each(layers, Moments::mean))
                .withErrors(each(layers, Moments::min), each(layers, Moments::max));
    }

    private static double[] each(Moments[] layers, ToDoubleFunction<Moments> number) {
        return Arrays.stream(layers).mapToDouble(number).toArray();
    }
}

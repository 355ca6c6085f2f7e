package dev.rectifier.study.bnbias;

import dev.rectifier.record.Axis;
import dev.rectifier.record.BarFigure;
import dev.rectifier.record.BarFigure.Bars;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import dev.rectifier.record.PanelFigure;
import dev.rectifier.record.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many BatchNorm biases of a network are negative, layer by layer. A bias of exactly 0 counts as negative, as in the paper.
 *
 * @param layers bottom first
 */
public record BiasShares(List<NormLayer> layers) {
    private static final double LOW = -1;
    private static final double HIGH = 0.5;
    private static final int BINS = 50;
    private static final int PANELS_IN_A_ROW = 4;

    public BiasShares {
        layers = List.copyOf(layers);
    }

    /** Channels of all layers. */
    public int channels() {
        return layers.stream().mapToInt(NormLayer::channels).sum();
    }

    /** Biases at most 0 in all layers. */
    public int atMostZero() {
        return layers.stream().mapToInt(NormLayer::atMostZero).sum();
    }

    /** Share of biases at most 0 in all layers. */
    public double share() {
        return (double) atMostZero() / channels();
    }

    /** The same in the last third of the layers (rounded up), which the paper calls the upper ones. */
    public double upperShare() {
        return new BiasShares(layers.subList(layers.size() - (layers.size() + 2) / 3, layers.size())).share();
    }

    /** One row per layer, and one for all. */
    public TextTable table() {
        List<List<String>> rows = new ArrayList<>();
        for (NormLayer layer : layers) {
            rows.add(row(layer.name(), layer.atMostZero(), layer.channels(), layer.activeProbability()));
        }
        double active = layers.stream()
                        .mapToDouble(layer -> layer.activeProbability() * layer.channels())
                        .sum()
                / channels();
        rows.add(row("all", atMostZero(), channels(), active));
        return new TextTable(
                "BatchNorm biases", List.of("layer", "bias <= 0", "channels", "share %", "P(active)"), rows);
    }

    private static List<String> row(String name, int count, int channels, double active) {
        return List.of(
                name,
                Integer.toString(count),
                Integer.toString(channels),
                String.format(Locale.ROOT, "%.2f", 100.0 * count / channels),
                String.format(Locale.ROOT, "%.3f", active));
    }

    /**
     * Bars of the share per layer.
     *
     * @param beside another network's shares per layer, drawn beside; empty for none
     * @param besideName whose they are
     * @param provenance where these come from
     */
    public Figure sharesFigure(List<Double> beside, String besideName, String provenance) {
        double[] ours = layers.stream().mapToDouble(NormLayer::share).toArray();
        List<Bars> bars = new ArrayList<>(List.of(Bars.of("here", ours)));
        if (beside.size() == layers.size()) {
            bars.add(new Bars(besideName, beside, List.of(), List.of()));
        }
        return new BarFigure(
                new FigureText(
                        "bn-bias-shares",
                        "Share of negative BatchNorm biases",
                        "Share of the channels of each BatchNorm layer whose bias is at most 0, bottom layer first.",
                        provenance),
                "BatchNorm layer",
                Axis.linear("share of biases at most 0"),
                java.util.stream.IntStream.range(0, layers.size())
                        .mapToObj(Integer::toString)
                        .toList(),
                bars);
    }

    /** One histogram per layer: 50 bins on [-1, 0.5] as in the paper; what lies outside is counted in the outermost bins. */
    public PanelFigure histograms(String provenance) {
        List<Figure> panels = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
            panels.add(histogram(l));
        }
        return new PanelFigure(
                new FigureText(
                        "bn-bias-histograms",
                        "BatchNorm biases, layer by layer",
                        "Number of channels per bias, in 50 bins from -1 to 0.5; values outside are in the outermost bins.",
                        provenance),
                Math.min(PANELS_IN_A_ROW, panels.size()),
                panels);
    }

    private Figure histogram(int l) {
        double width = (HIGH - LOW) / BINS;
        double[] x = new double[2 * BINS];
        double[] y = new double[2 * BINS];
        int[] counts = counts(layers.get(l));
        for (int bin = 0; bin < BINS; bin++) {
            x[2 * bin] = LOW + bin * width;
            x[2 * bin + 1] = LOW + (bin + 1) * width;
            y[2 * bin] = counts[bin];
            y[2 * bin + 1] = counts[bin];
        }
        String title = String.format(
                Locale.ROOT,
                "%s: %.1f %%",
                layers.get(l).name(),
                100 * layers.get(l).share());
        return new LineFigure(
                new FigureText("bn-bias-" + l, title, "", ""),
                Axis.linear("bias"),
                Axis.linear("channels"),
                List.of(Line.of("", x, y)));
    }

    private static int[] counts(NormLayer layer) {
        int[] counts = new int[BINS];
        for (double bias : layer.bias()) {
            if (!Double.isNaN(bias)) {
                int bin = (int) Math.floor((bias - LOW) / (HIGH - LOW) * BINS);
                counts[Math.max(0, Math.min(BINS - 1, bin))]++;
            }
        }
        return counts;
    }
}

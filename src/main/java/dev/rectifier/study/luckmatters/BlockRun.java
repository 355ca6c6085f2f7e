package dev.rectifier.study.luckmatters;

import dev.rectifier.probe.BlockNormProbe;
import dev.rectifier.probe.Winners;
import dev.rectifier.record.Axis;
import dev.rectifier.record.BarFigure;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.HeatMapFigure;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.PanelFigure;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Replicas;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Block norms and heat maps of a deep run. */
final class BlockRun {
    private final DeepTraining training;
    private final MetricTable table;

    BlockRun(Evidence.Run run) {
        training = new DeepTraining(run.spec().settings());
        table = run.table();
    }

    int layers() {
        return training.teacher().hidden().size();
    }

    private double[] last(String metric, int layer) {
        return Replicas.last(table, metric + "/" + layer);
    }

    /** |H*_ur| / |H*_uu| per replica, at {@code start} or {@code end}. */
    double[] starRatio(String when, int layer) {
        return Replicas.ratio(last("hstar-ur-" + when, layer), last("hstar-uu-" + when, layer));
    }

    /** By what factor that ratio falls in training. */
    Estimate fall(int layer) {
        return Replicas.mean(Replicas.ratio(starRatio("start", layer), starRatio("end", layer)));
    }

    /** The least fall of layers 0 to 2. */
    Estimate leastFall() {
        return lower(this::fall)
                .min(Comparator.comparingDouble(Estimate::value))
                .orElseThrow();
    }

    /** The largest fall of layers 0 to 2 for nodes drawn at random. */
    Estimate largestRandomFall() {
        return lower(layer -> Replicas.mean(last("random-fall", layer)))
                .max(Comparator.comparingDouble(Estimate::value))
                .orElseThrow();
    }

    private Stream<Estimate> lower(IntFunction<Estimate> of) {
        return IntStream.range(0, Math.min(3, layers())).mapToObj(of);
    }

    /** Layers where the diagonal's lead in E[H*] at the end is not above that at the start and that of E[beta*]. */
    Estimate notDiagonal() {
        int wrong = 0;
        Estimate lead = Estimate.exact(Double.NaN, "no layer");
        for (int layer = 0; layer < layers(); layer++) {
            lead = lead("hstar-end", layer);
            boolean leads = lead.value() > lead("hstar-start", layer).value()
                    && lead.value() > lead("betastar-end", layer).value();
            wrong += leads ? 0 : 1;
        }
        return Estimate.exact(wrong, lead.sample());
    }

    private Estimate lead(String matrix, int layer) {
        return Replicas.mean(last("lead-" + matrix, layer));
    }

    /** |H*_ur| / |H*_uu| before and after, by layer. */
    Figure ratios() {
        return new BarFigure(
                new FigureText(
                        "block-norms",
                        "E[H*] gathers on the winners",
                        "Operator norm of E[H*] on the other students over that on the final winners, each over the root of its"
                                + " number of entries; mean over students.",
                        ""),
                "hidden layer",
                Axis.linear("|H*_ur| / |H*_uu|"),
                IntStream.range(0, layers()).mapToObj(String::valueOf).toList(),
                List.of(bars("before training", "start"), bars("after training", "end")));
    }

    private BarFigure.Bars bars(String name, String when) {
        double[] values = IntStream.range(0, layers())
                .mapToDouble(layer -> Replicas.mean(starRatio(when, layer)).value())
                .toArray();
        return BarFigure.Bars.of(name, values);
    }

    /** |E[beta*]| and |E[H*]| of one layer of the first student, before and after, winners first. */
    Figure heatMaps() {
        int[] order = winnersFirst();
        return new PanelFigure(
                new FigureText(
                        "heat-maps",
                        "Winners carry the diagonal",
                        "Layer " + BlockNormProbe.WHOLE_LAYER
                                + " of one student: teacher nodes by student nodes, the final"
                                + " winners first in the order of their teacher nodes.",
                        ""),
                2,
                List.of(
                        heatMap("betastar-start", "|E[beta*]| before training", order),
                        heatMap("betastar-end", "|E[beta*]| after training", order),
                        heatMap("hstar-start", "|E[H*]| before training", order),
                        heatMap("hstar-end", "|E[H*]| after training", order)));
    }

    /** Student nodes: winners of varying teacher nodes, each once, then the rest. */
    private int[] winnersFirst() {
        int layer = BlockNormProbe.WHOLE_LAYER;
        Winners all = new Winners(table, layer, teachers(), students());
        var rho = all.matrix(0, training.steps());
        IntStream winners = IntStream.range(0, teachers())
                .filter(i -> !Double.isNaN(rho.at(i, 0)))
                .map(rho::winner);
        return IntStream.concat(winners, IntStream.range(0, students()))
                .distinct()
                .toArray();
    }

    private int teachers() {
        return training.teacher().hidden().get(BlockNormProbe.WHOLE_LAYER);
    }

    private int students() {
        return training.student().hidden().get(BlockNormProbe.WHOLE_LAYER);
    }

    private Figure heatMap(String matrix, String title, int[] order) {
        double[][] rows = new double[teachers()][];
        for (int i = 0; i < rows.length; i++) {
            int teacher = i;
            rows[i] = Arrays.stream(order)
                    .mapToDouble(student -> table.series(
                                    BlockNormProbe.entry(matrix, BlockNormProbe.WHOLE_LAYER, teacher, student))
                            .last()[0])
                    .toArray();
        }
        return new HeatMapFigure(
                new FigureText("heat-" + matrix, title, "", ""),
                "student node",
                "teacher node",
                "absolute value",
                HeatMapFigure.rowsOf(rows),
                false);
    }
}

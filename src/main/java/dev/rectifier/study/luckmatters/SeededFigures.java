package dev.rectifier.study.luckmatters;

import dev.rectifier.model.MlpSpec;
import dev.rectifier.record.Axis;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import dev.rectifier.record.PanelFigure;
import dev.rectifier.stats.Quantiles;
import dev.rectifier.stats.Sample;
import dev.rectifier.study.Replicas;
import java.util.ArrayList;
import java.util.List;

/** Pictures of a run of seeded students. */
final class SeededFigures {
    private final SeededCells cells;
    private final long multiple;
    private final String how;

    /**
     * @param how ends the figures' names, such as {@code x5}
     */
    SeededFigures(SeededCells cells, long multiple, String how) {
        this.cells = cells;
        this.multiple = multiple;
        this.how = how;
    }

    /** Who follows a teacher node, and whose fan-outs survive: lucky and unlucky nodes of the first cell over training. */
    Figure overTime() {
        Figure follows = new LineFigure(
                new FigureText("follows-" + how, "Correlation with the best teacher node", "", ""),
                Axis.linear("step"),
                Axis.linear("correlation"),
                List.of(curve("lucky", "follows/seeded"), curve("unlucky", "follows/rest")));
        Figure fanOuts = new LineFigure(
                new FigureText("fanouts-" + how, "Fan-out norm", "", ""),
                Axis.linear("step"),
                Axis.log("Euclidean norm"),
                List.of(curve("lucky", "fanout/seeded"), curve("unlucky", "fanout/rest")));
        return new PanelFigure(
                new FigureText(
                        "two-layer-" + how,
                        "Unlucky nodes are silenced from above",
                        "Student nodes that start near a teacher node (lucky) and the others, student " + multiple
                                + " times as wide as the teacher, " + cells.name(0)
                                + ": mean over nodes, then median and 5 to 95 % quantiles over "
                                + cells.start().teachers() + " students.",
                        ""),
                2,
                List.of(follows, fanOuts));
    }

    private Line curve(String name, String metric) {
        int samples = cells.samples();
        double[] median = new double[samples];
        double[] low = new double[samples];
        double[] high = new double[samples];
        for (int i = 0; i < samples; i++) {
            double[] finite = Sample.finite(cells.values(0, metric, i));
            boolean some = finite.length > 0;
            median[i] = some ? Quantiles.of(finite).median() : Double.NaN;
            low[i] = some ? Quantiles.of(finite).at(0.05) : Double.NaN;
            high[i] = some ? Quantiles.of(finite).at(0.95) : Double.NaN;
        }
        return Line.of(name, cells.series(metric).stepsAsDoubles(), median).withBand(low, high);
    }

    /** Fan-out norm of every node at the end, all cells: the figure of the paper. */
    Figure byNode() {
        List<Line> lines = new ArrayList<>();
        for (int cell = 0; cell < cells.count(); cell++) {
            lines.add(endNorms(cell));
        }
        return new LineFigure(
                new FigureText(
                        "fan-outs-" + how,
                        "Fan-out norm by node at the end",
                        "The first " + top(cells.start().teacher())
                                + " nodes start near a teacher node; mean over students. p: how near, layer by layer.",
                        ""),
                Axis.linear("student node"),
                Axis.linear("fan-out norm"),
                lines);
    }

    private Line endNorms(int cell) {
        int width = top(cells.start().student());
        double[] index = new double[width];
        double[] mean = new double[width];
        for (int j = 0; j < width; j++) {
            index[j] = j;
            mean[j] = Replicas.mean(cells.node(cell, j)).value();
        }
        return Line.of(cells.name(cell), index, mean);
    }

    /** Width of the topmost hidden layer. */
    private static int top(MlpSpec spec) {
        return spec.width(spec.layers() - 1);
    }
}

package dev.rectifier.bench;

import dev.rectifier.record.Axis;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Time a call over R, width or batch, one figure for each family that sweeps an axis: where lines cross, peers catch up. */
public final class BenchFigures {
    private static final int FEWEST = 2;
    private static final int LONGEST_ID = 60;

    private BenchFigures() {}

    /** The figures, with where they come from under each. */
    public static List<Figure> of(List<Row> rows, String provenance) {
        Map<String, List<Row>> byFamily = new LinkedHashMap<>();
        for (Row row : rows) {
            boolean drawn = row.timing().isPresent() && row.cache() == Cache.HOT;
            if (drawn && !row.subject().along().isEmpty()) {
                byFamily.computeIfAbsent(
                                row.subject().suite() + ": " + row.subject().family(), name -> new ArrayList<>())
                        .add(row);
            }
        }
        List<Figure> figures = new ArrayList<>();
        byFamily.forEach((name, points) -> {
            List<Line> lines = lines(points);
            if (lines.stream().anyMatch(line -> line.x().size() >= FEWEST)) {
                figures.add(figure(name, points.get(0).subject().along(), lines, provenance, figures.size()));
            }
        });
        return figures;
    }

    private static Figure figure(String name, String along, List<Line> lines, String provenance, int number) {
        String slug =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
        String id = "f" + number + "-" + slug;
        FigureText text = new FigureText(
                id.substring(0, Math.min(LONGEST_ID, id.length())),
                name,
                "Median time of a call with its 95 % interval, operands hot; lower is better.",
                provenance);
        return new LineFigure(text, Axis.log(meaning(along)), Axis.log("seconds a call"), lines);
    }

    private static String meaning(String along) {
        return switch (along) {
            case "R" -> "R, replicas";
            case "N" -> "N, examples in a batch";
            case "W" -> "W, width";
            case "D" -> "D = K = N, side of the product";
            default -> along;
        };
    }

    private static List<Line> lines(List<Row> points) {
        Map<String, List<Row>> byContender = new LinkedHashMap<>();
        points.forEach(row -> byContender
                .computeIfAbsent(row.contender(), name -> new ArrayList<>())
                .add(row));
        List<Line> lines = new ArrayList<>();
        byContender.forEach((name, rows) -> lines.add(line(name, rows)));
        return lines;
    }

    private static Line line(String name, List<Row> rows) {
        List<Row> sorted = rows.stream()
                .sorted(Comparator.comparingDouble(BenchFigures::place))
                .toList();
        double[] x = sorted.stream().mapToDouble(BenchFigures::place).toArray();
        double[] y = sorted.stream()
                .mapToDouble(row -> row.timing().orElseThrow().seconds().value())
                .toArray();
        double[] low = sorted.stream()
                .mapToDouble(row -> row.timing().orElseThrow().seconds().low())
                .toArray();
        double[] high = sorted.stream()
                .mapToDouble(row -> row.timing().orElseThrow().seconds().high())
                .toArray();
        return Line.of(name, x, y).withBand(low, high);
    }

    private static double place(Row row) {
        return (double) row.subject().axes().of(row.subject().along());
    }
}

package dev.rectifier.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rectifier.record.ShortNumber;
import dev.rectifier.record.TextTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tables of accepted results, the last run of each case: those of {@code bench} and those of JMH's comparison with libtorch. */
public final class HistoryTables {
    private static final List<String> BENCH =
            List.of("case", "Rectifier, a call", "best beside it", "its call", "times", "settled", "measured");
    private static final List<String> JMH =
            List.of("students", "Rectifier", "libtorch, autograd", "libtorch, by hand", "times as fast as autograd");

    private HistoryTables() {}

    /** Those that have rows. */
    public static List<TextTable> of(List<String> lines) {
        List<JsonNode> nodes = lines.stream().map(History::parsed).toList();
        List<TextTable> tables = new ArrayList<>();
        bench(nodes).ifPresent(tables::add);
        tables.addAll(jmh(nodes));
        return tables;
    }

    private static Optional<TextTable> bench(List<JsonNode> nodes) {
        Map<String, Map<String, JsonNode>> latest = new LinkedHashMap<>(); // case, contender and cache
        for (JsonNode node : nodes) {
            if (node.path("kind").asText().equals("row")
                    && node.path("cache").asText().equals("hot")) {
                Map<String, JsonNode> rows = latest.computeIfAbsent(name(node), any -> new TreeMap<>());
                if (node.path("baseline").asBoolean()) {
                    rows.clear();
                }
                rows.put(node.path("contender").asText(), node);
            }
        }
        List<List<String>> cells = new ArrayList<>();
        latest.forEach((name, rows) -> baseline(rows).ifPresent(ours -> cells.add(cells(name, ours, rows))));
        return cells.isEmpty() ? Optional.empty() : Optional.of(new TextTable("bench", BENCH, cells));
    }

    private static String name(JsonNode row) {
        StringBuilder text = new StringBuilder(
                row.path("suite").asText() + "/" + row.path("family").asText());
        row.path("axes")
                .properties()
                .forEach(axis -> text.append(' ')
                        .append(axis.getKey())
                        .append('=')
                        .append(axis.getValue().asText()));
        return text.toString();
    }

    private static Optional<JsonNode> baseline(Map<String, JsonNode> rows) {
        return rows.values().stream()
                .filter(row -> row.path("baseline").asBoolean())
                .findFirst();
    }

    private static List<String> cells(String name, JsonNode ours, Map<String, JsonNode> rows) {
        Optional<JsonNode> best = rows.values().stream()
                .filter(row -> !row.path("contender").asText().startsWith("rectifier"))
                .min(Comparator.comparingDouble(
                        row -> row.path("ratio_to_baseline").path("median").asDouble(Double.POSITIVE_INFINITY)));
        return List.of(
                name,
                time(ours),
                best.map(row -> row.path("contender").asText()).orElse(""),
                best.map(HistoryTables::time).orElse(""),
                best.map(row -> interval(row.path("ratio_to_baseline"))).orElse(""),
                ours.path("settled").asBoolean() ? "yes" : "no",
                ours.path("date").asText() + ", " + ours.path("commit").asText());
    }

    private static String time(JsonNode row) {
        return BenchTables.time(row.path("seconds").path("median").asDouble());
    }

    private static String interval(JsonNode interval) {
        return two(interval.path("median")) + " (" + two(interval.path("low")) + " to " + two(interval.path("high"))
                + ")";
    }

    private static String two(JsonNode number) {
        double value = number.asDouble();
        double unit = Math.pow(10, Math.floor(Math.log10(value)) - 1);
        return ShortNumber.of(Math.round(value / unit) * unit);
    }

    /** One table for each unit. */
    private static List<TextTable> jmh(List<JsonNode> nodes) {
        Map<String, Map<String, JsonNode>> units = new LinkedHashMap<>();
        for (JsonNode node : nodes) {
            if (node.has("benchmark")) {
                units.computeIfAbsent(node.path("unit").asText(), unit -> new LinkedHashMap<>())
                        .put(node.path("shape").asText(), node);
            }
        }
        List<TextTable> tables = new ArrayList<>();
        units.forEach((unit, shapes) -> tables.add(new TextTable(
                unit, JMH, shapes.values().stream().map(HistoryTables::cells).toList())));
        return tables;
    }

    private static List<String> cells(JsonNode row) {
        double theirs = row.path("libtorch_autograd").asDouble();
        double ours = row.path("rectifier").asDouble();
        double ratio = row.path("unit").asText().endsWith("/s") ? ours / theirs : theirs / ours; // times, or speeds
        return List.of(
                row.path("shape").asText(),
                measured(row, "rectifier"),
                measured(row, "libtorch_autograd"),
                measured(row, "libtorch_by_hand"),
                ShortNumber.of(Math.round(100 * ratio) / 100.0));
    }

    private static String measured(JsonNode row, String field) {
        return ShortNumber.of(row.path(field).asDouble()) + " ± "
                + ShortNumber.of(row.path(field + "_error").asDouble());
    }
}

package dev.rectifier.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.record.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The written forms of results. */
class BenchJsonTest {
    private static final StoppingRule RULE = new StoppingRule(4, 0.005, 0, 0, 0);
    private static final Ceilings CEILINGS = new Ceilings(1e9, 1e10, Double.NaN);

    private static Row row(long replicas, String contender, boolean baseline, double seconds) {
        Subject subject = new Subject(
                "ensembles", "10-10-1", new Axes(Map.of("R", replicas, "N", 1L)), "R", new Work(1e6, 1e7, replicas));
        RowMaker maker = new RowMaker(subject, contender, baseline, Cache.HOT);
        Trial trial = new FakeTrial(contender, new ArrayList<>(), FakeTrial.right(), lap -> seconds);
        Row verified = maker.verified(Row.Status.MEASURED, trial.verify(), new Row.Readiness(1.5, 0.25), "");
        Row timed = maker.timed(verified, Pairs.alone(trial, RULE, () -> 0), trial);
        return baseline ? timed : timed.withRatio(Ratio.median(new double[] {2, 2, 2}));
    }

    private static Row wrong() {
        RowMaker maker = new RowMaker(row(1, "x", true, 1).subject(), "x", false, Cache.COLD);
        Verification infinite = new Verification(Double.POSITIVE_INFINITY, 1e-6, "a fake");
        return maker.verified(Row.Status.WRONG, infinite, Row.Readiness.UNKNOWN, "");
    }

    private static List<JsonNode> parsed(Row... rows) throws Exception {
        List<JsonNode> nodes = new ArrayList<>();
        String text = BenchJson.lines(Map.of("device", "a fake"), CEILINGS, List.of(rows), List.of());
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty()) {
                nodes.add(new ObjectMapper().readTree(line));
            }
        }
        return nodes;
    }

    private static Stream<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    @Test
    void theSchemaOfAMeasuredRowStands() throws Exception {
        List<JsonNode> lines = parsed(row(2, "rectifier", true, 0.01), row(2, "peer", false, 0.02), wrong());
        assertThat(names(lines.get(0))).containsExactly("schema", "kind", "circumstances", "ceilings");
        assertThat(lines.get(0).at("/ceilings/copy_bytes_per_s").asDouble()).isEqualTo(1e9);
        assertThat(lines.get(0).at("/ceilings").has("issue_fma_per_s")).isFalse();
        assertThat(names(lines.get(2)))
                .containsExactly(
                        "schema",
                        "kind",
                        "suite",
                        "family",
                        "axes",
                        "contender",
                        "baseline",
                        "cache",
                        "status",
                        "note",
                        "counted_bytes",
                        "counted_flops",
                        "compile_s",
                        "first_call_s",
                        "error",
                        "error_bound",
                        "verified_against",
                        "seconds",
                        "bytes_per_s",
                        "flop_per_s",
                        "sample_steps_per_s",
                        "share_of_copy",
                        "share_of_product",
                        "binding",
                        "ratio_to_baseline",
                        "ratio_to_itself",
                        "laps",
                        "calls_per_lap",
                        "settled");
        assertThat(lines.get(2).at("/axes/R").asLong()).isEqualTo(2);
        assertThat(lines.get(2).at("/ratio_to_baseline/median").asDouble()).isEqualTo(2);
    }

    @Test
    void aWrongRowHasItsErrorAndNoTime() throws Exception {
        JsonNode row = parsed(wrong()).get(1);
        assertThat(row.path("status").asText()).isEqualTo("wrong");
        assertThat(row.path("error").asText()).isEqualTo("infinite");
        assertThat(names(row)).doesNotContain("seconds", "flop_per_s", "first_call_s");
    }

    @Test
    void aSweepBecomesOneFigureWithALineForEachContender() {
        List<Figure> figures = BenchFigures.of(
                List.of(
                        row(1, "rectifier", true, 0.01),
                        row(1, "peer", false, 0.02),
                        row(8, "rectifier", true, 0.03),
                        row(8, "peer", false, 0.02)),
                "a fake");
        assertThat(figures).hasSize(1);
        assertThat(((dev.rectifier.record.LineFigure) figures.get(0)).lines())
                .satisfiesExactly(
                        line -> assertThat(line.y()).containsExactly(0.01, 0.03),
                        line -> assertThat(line.name()).isEqualTo("peer"));
    }

    @Test
    void tablesHaveARowForEachRow() {
        assertThat(BenchTables.of(List.of(row(1, "rectifier", true, 0.01), wrong()), CEILINGS))
                .singleElement()
                .satisfies(table -> {
                    assertThat(table.title()).isEqualTo("ensembles");
                    assertThat(table.rows().get(0)).contains("10-10-1 R=1 N=1", "10 ms", "copy", "1");
                    assertThat(table.rows().get(1)).contains("wrong", "cold", "inf / 1e-6");
                });
    }

    @Test
    void timesAreWrittenInTheirUnit() {
        assertThat(BenchTables.time(1.5)).isEqualTo("1.5 s");
        assertThat(BenchTables.time(0.0015)).isEqualTo("1.5 ms");
        assertThat(BenchTables.time(1.5e-6)).isEqualTo("1.5 us");
    }
}

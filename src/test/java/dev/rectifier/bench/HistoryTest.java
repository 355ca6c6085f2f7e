package dev.rectifier.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.record.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is accepted into the history, and the tables that are made from it. */
class HistoryTest {
    private static final StoppingRule RULE = new StoppingRule(4, 0.005, 0, 0, 0);

    private static Row row(String contender, double seconds) {
        boolean ours = contender.equals("rectifier");
        Subject subject = new Subject("cpu", "10-10-1", new Axes(Map.of("R", 64L)), "", new Work(1e6, 1e7, 64));
        RowMaker maker = new RowMaker(subject, contender, ours, Cache.HOT);
        Trial trial = new FakeTrial(contender, new ArrayList<>(), FakeTrial.right(), lap -> seconds);
        Row verified = maker.verified(Row.Status.MEASURED, trial.verify(), Row.Readiness.UNKNOWN, "");
        Row timed = maker.timed(verified, Pairs.alone(trial, RULE, () -> 0), trial);
        return ours ? timed : timed.withRatio(Ratio.median(new double[] {4, 4}));
    }

    private static List<String> results(String commit, Row... rows) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("begun", "2026-11-21T20:00:00Z");
        facts.put("rectifier", "0.1.0, commit " + commit);
        facts.put("engine", "cpu");
        facts.put("processor", "a processor");
        facts.put("cores", "2");
        facts.put("java", "17");
        facts.put("command", "rectifier bench");
        return BenchJson.lines(facts, Ceilings.UNKNOWN, List.of(rows), List.of())
                .lines()
                .toList();
    }

    private static Row refused() {
        return new RowMaker(row("x", 1).subject(), "x", false, Cache.HOT).without(Row.Status.REFUSED, "no");
    }

    @Test
    void measuredRowsSayWhereTheyComeFrom() {
        List<String> lines = History.accepted(results("abc123", row("rectifier", 0.5), row("jax scan", 2), refused()));
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains("\"kind\":\"circumstances\"");
        assertThat(lines.get(1))
                .startsWith("{\"date\":\"2026-11-21\",\"commit\":\"abc123\","
                        + "\"device\":\"a processor, 2 cores, Java 17\",\"command\":\"rectifier bench\",")
                .contains("\"suite\":\"cpu\"", "\"seconds\":{\"median\":0.5");
    }

    @Test
    void whatIsWrongOrFromNowhereIsNotAccepted() {
        Row[] rows = {row("rectifier", 0.5)};
        assertThatThrownBy(() -> History.accepted(results("unknown", rows)))
                .hasMessageContaining("clean, committed tree");
        assertThatThrownBy(() -> History.accepted(results("abc123-dirty", rows)))
                .hasMessageContaining("abc123-dirty");
        assertThatThrownBy(() -> History.accepted(results("abc123", refused())))
                .hasMessageContaining("no measured rows");
        assertThatThrownBy(() -> History.accepted(List.of("{}"))).hasMessageContaining("no circumstances");
        assertThatThrownBy(() -> History.accepted(List.of("no JSON"))).hasMessageContaining("no JSON");
        Row wrong = new RowMaker(rows[0].subject(), "x", false, Cache.HOT)
                .verified(Row.Status.WRONG, new Verification(1, 0, "a fake"), Row.Readiness.UNKNOWN, "");
        assertThatThrownBy(() -> History.accepted(results("abc123", rows[0], wrong)))
                .hasMessageContaining("cpu/10-10-1")
                .hasMessageContaining("is wrong");
    }

    @Test
    void theLastRunOfACaseStandsInTheTable() {
        List<String> file = new ArrayList<>();
        file.addAll(History.accepted(results("abc1", row("rectifier", 9), row("torch graph", 9))));
        file.addAll(History.accepted(
                results("abc2", row("rectifier", 0.5), row("rectifier stepwise", 1), row("jax scan", 2))));
        TextTable table = HistoryTables.of(file).get(0);
        assertThat(table.rows())
                .containsExactly(List.of(
                        "cpu/10-10-1 R=64", "500 ms", "jax scan", "2 s", "4 (4 to 4)", "yes", "2026-11-21, abc2"));
    }

    @Test
    void linesOfJmhHaveTheirOwnTable() {
        String line =
                "{\"benchmark\":\"B\",\"shape\":\"64 x 10-10-1\",\"unit\":\"ms\",\"rectifier\":2,\"rectifier_error\":0.5,"
                        + "\"libtorch_autograd\":8,\"libtorch_autograd_error\":1,\"libtorch_by_hand\":6,\"libtorch_by_hand_error\":1}";
        assertThat(HistoryTables.of(List.of(line, line)).get(0).rows())
                .containsExactly(List.of("64 x 10-10-1", "2 ± 0.5", "8 ± 1", "6 ± 1", "4"));
    }
}

package dev.rectifier.bench;

import dev.rectifier.record.ShortNumber;
import dev.rectifier.record.TextTable;
import dev.rectifier.stats.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results as tables, one for each suite. */
public final class BenchTables {
    private static final List<String> HEADS = List.of(
            "case",
            "contender",
            "cache",
            "time a call",
            "GB/s",
            "GFLOP/s",
            "sample-steps/s",
            "of copy",
            "of product",
            "of issue",
            "binds",
            "time / ours (95 %)",
            "itself (95 %)",
            "error / bound",
            "outcome");

    private BenchTables() {}

    /** The tables, in the order in which suites first occur. */
    public static List<TextTable> of(List<Row> rows, Ceilings ceilings) {
        Map<String, List<List<String>>> bySuite = new LinkedHashMap<>();
        for (Row row : rows) {
            bySuite.computeIfAbsent(row.subject().suite(), suite -> new ArrayList<>())
                    .add(cells(row, ceilings));
        }
        List<TextTable> tables = new ArrayList<>();
        bySuite.forEach((suite, cells) -> tables.add(new TextTable(suite, HEADS, cells)));
        return tables;
    }

    private static List<String> cells(Row row, Ceilings ceilings) {
        List<String> cells = new ArrayList<>();
        cells.add(row.subject().family() + " " + row.subject().axes());
        cells.add(row.contender());
        cells.add(row.cache().toString());
        cells.addAll(row.timing()
                .map(timing -> speeds(row, timing, ceilings))
                .orElseGet(() -> List.of(row.status().word(), "", "", "", "", "", "", "", "", "")));
        cells.add(row.verification()
                .map(v -> ShortNumber.of(v.error()) + " / " + ShortNumber.of(v.bound()))
                .orElse(""));
        cells.add(outcome(row));
        return cells;
    }

    private static String outcome(Row row) {
        String note = row.outcome().reason();
        boolean unsettled = row.timing().map(timing -> !timing.laps().settled()).orElse(false);
        String settled = unsettled ? "noisy" : "";
        return note.isEmpty() || settled.isEmpty() ? note + settled : note + "; " + settled;
    }

    private static List<String> speeds(Row row, Timing timing, Ceilings ceilings) {
        Work work = row.subject().work();
        double seconds = timing.seconds().value();
        Ceilings.Shares shares = ceilings.shares(work, seconds, timing.laps().host());
        return List.of(
                time(seconds),
                rate(work.bytes() / seconds * 1e-9),
                rate(work.flops() / seconds * 1e-9),
                rate(work.samples() / seconds),
                percent(shares.copy()),
                percent(shares.product()),
                percent(shares.issue()),
                shares.binding(),
                row.baseline() ? "1" : timing.ratio().map(BenchTables::interval).orElse(""),
                interval(timing.itself()));
    }

    private static String rate(double value) {
        return value > 0 ? ShortNumber.of(value) : "";
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "" : Math.round(100 * share) + " %";
    }

    private static String interval(Interval ratio) {
        return three(ratio.value()) + " (" + three(ratio.low()) + " to " + three(ratio.high()) + ")";
    }

    private static String three(double value) {
        return ShortNumber.of(Math.round(value * 1000) / 1000.0);
    }

    /** {@code 12.3 us}. */
    public static String time(double seconds) {
        if (seconds >= 1) {
            return ShortNumber.of(seconds) + " s";
        }
        return seconds >= 1e-3 ? ShortNumber.of(seconds * 1e3) + " ms" : ShortNumber.of(seconds * 1e6) + " us";
    }
}

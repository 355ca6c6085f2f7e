package dev.rectifier.cli;

import dev.rectifier.bench.BenchTables;
import dev.rectifier.bench.Row;
import dev.rectifier.record.ShortNumber;
import java.util.Locale;

/** A row of a bench as one line of the console. */
final class BenchLine {
    private BenchLine() {}

    static String of(Row row) {
        return String.format(
                Locale.ROOT,
                "%-52s %-22s %-4s  %s",
                row.subject().id(),
                row.contender(),
                row.cache(),
                row.timing()
                        .map(timing -> BenchTables.time(timing.seconds().value())
                                + timing.ratio()
                                        .map(ratio -> ", " + ShortNumber.of(ratio.value()) + " times ours ("
                                                + ShortNumber.of(ratio.low()) + " to "
                                                + ShortNumber.of(ratio.high()) + ")")
                                        .orElse("")
                                + note(row))
                        .orElseGet(() -> row.status().word() + note(row) + error(row)));
    }

    private static String note(Row row) {
        return row.outcome().reason().isEmpty() ? "" : "; " + row.outcome().reason();
    }

    private static String error(Row row) {
        return row.verification()
                .map(v -> "; error " + ShortNumber.of(v.error()) + " of " + ShortNumber.of(v.bound()) + " allowed")
                .orElse("");
    }
}

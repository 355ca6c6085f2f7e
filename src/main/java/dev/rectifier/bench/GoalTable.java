package dev.rectifier.bench;

import dev.rectifier.record.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The goals and what came of them, to be read. */
public final class GoalTable {
    private static final List<String> HEADS =
            List.of("goal", "what", "asked for", "read", "ours, a call", "beside it", "verdict");

    private GoalTable() {}

    /** As a table of a report. */
    public static TextTable of(List<GoalRow> rows) {
        return new TextTable("goals", HEADS, rows.stream().map(GoalTable::cells).toList());
    }

    private static List<String> cells(GoalRow row) {
        return List.of(
                String.valueOf(row.goal().number()),
                row.goal().what(),
                row.criterion().words(),
                row.written(),
                row.ours(),
                row.peer(),
                row.verdict());
    }

    /** One line each. */
    public static List<String> lines(List<GoalRow> rows) {
        List<String> lines = new ArrayList<>();
        for (GoalRow row : rows) {
            String read = row.written().isEmpty() ? "" : "; " + row.written() + ", ours " + row.ours();
            String peer = row.peer().isEmpty() ? "" : ", " + row.peer();
            lines.add(String.format(
                    Locale.ROOT,
                    "goal %2d  %-60s %-50s %s%s%s",
                    row.goal().number(),
                    row.goal().what(),
                    row.criterion().words(),
                    row.verdict(),
                    read,
                    peer));
        }
        return lines;
    }
}

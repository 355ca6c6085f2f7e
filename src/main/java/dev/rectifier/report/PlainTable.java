package dev.rectifier.report;

import dev.rectifier.record.TextTable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table as aligned plain text: the first column to the left, the others, which hold numbers, to the right. */
public final class PlainTable {
    private static final String GAP = "  ";

    private PlainTable() {}

    /** Heads and rows, a line each, without the title. */
    public static String of(TextTable table) {
        List<Integer> widths = IntStream.range(0, table.columns().size())
                .mapToObj(column -> width(table, column))
                .toList();
        String heads = line(table.columns(), widths);
        return table.rows().stream()
                .map(row -> line(row, widths))
                .collect(Collectors.joining("\n", heads + "\n", "\n"));
    }

    private static int width(TextTable table, int column) {
        int widest = table.columns().get(column).length();
        for (List<String> row : table.rows()) {
            widest = Math.max(widest, row.get(column).length());
        }
        return widest;
    }

    private static String line(List<String> cells, List<Integer> widths) {
        return IntStream.range(0, cells.size())
                .mapToObj(i -> {
                    String blank = " ".repeat(widths.get(i) - cells.get(i).length());
                    return i == 0 ? cells.get(i) + blank : blank + cells.get(i);
                })
                .collect(Collectors.joining(GAP))
                .stripTrailing();
    }
}

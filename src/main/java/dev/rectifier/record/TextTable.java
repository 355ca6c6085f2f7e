package dev.rectifier.record;

import java.util.List;

/**
 * A table of words and written numbers as plain data; {@code report} sets it.
 *
 * @param title heading
 * @param columns heads
 * @param rows cells, as many in each as there are heads
 */
public record TextTable(String title, List<String> columns, List<List<String>> rows) {
    public TextTable {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException("The table '" + title + "' has " + columns.size()
                        + " columns and a row of " + row.size() + " cells: " + row + ".");
            }
        }
    }
}

package dev.rectifier.report;

import java.util.ArrayList;
import java.util.List;

/** Names of what is drawn, in rows above the plot, where they can cover no data. */
final class Legend {
    static final double ROW = 18;
    private static final double SIZE = 12;
    private static final double SAMPLE = 22;
    private static final double GAP = 16;

    private final List<Entry> entries = new ArrayList<>();

    /** How an entry's sample looks. */
    enum Sample {
        LINE,
        DOT,
        BLOCK
    }

    private record Entry(String name, Pen pen, Sample sample) {
        double sampleWidth() {
            return sample == Sample.LINE ? SAMPLE : SAMPLE / 2;
        }

        double width() {
            return sampleWidth() + 6 + TextStyle.widthOf(name, SIZE) + GAP;
        }
    }

    void add(String name, Pen pen, Sample sample) {
        if (!name.isEmpty()) {
            entries.add(new Entry(name, pen, sample));
        }
    }

    private List<List<Entry>> rows(double width) {
        List<List<Entry>> rows = new ArrayList<>();
        double used = Double.POSITIVE_INFINITY;
        for (Entry entry : entries) {
            if (used + entry.width() > width + GAP) {
                rows.add(new ArrayList<>());
                used = 0;
            }
            rows.get(rows.size() - 1).add(entry);
            used += entry.width();
        }
        return rows;
    }

    double height(double width) {
        return rows(width).size() * ROW;
    }

    void paint(Canvas canvas, double x, double y, double width) {
        double middle = y + ROW / 2;
        for (List<Entry> row : rows(width)) {
            double at = x;
            for (Entry entry : row) {
                paintSample(canvas, entry, at, middle);
                canvas.text(
                        entry.name(),
                        at + entry.sampleWidth() + 6,
                        middle + 4,
                        TextStyle.of(SIZE, TextStyle.Anchor.START));
                at += entry.width();
            }
            middle += ROW;
        }
    }

    private static void paintSample(Canvas canvas, Entry entry, double x, double middle) {
        switch (entry.sample()) {
            case LINE -> canvas.line(x, middle, x + SAMPLE, middle, entry.pen());
            case DOT ->
                canvas.dot(x + entry.sampleWidth() / 2, middle, 4, entry.pen().ink());
            case BLOCK ->
                canvas.fill(new Box(x, middle - 6, 12, 12), entry.pen().ink());
        }
    }
}

package dev.rectifier.report;

import dev.rectifier.record.Reference;
import java.util.List;

/** Levels drawn across a plot. */
final class References {
    private static final Ink[] INKS = {new Ink(0x333333, 1), new Ink(0x888888, 1)};

    private References() {}

    private static Pen pen(int index) {
        return new Pen(INKS[index % INKS.length], 1.3, true);
    }

    static void addTo(Legend legend, List<Reference> references) {
        for (int i = 0; i < references.size(); i++) {
            legend.add(references.get(i).label(), pen(i), Legend.Sample.LINE);
        }
    }

    static void include(Extent ys, List<Reference> references) {
        references.forEach(reference -> ys.include(reference.value()));
    }

    static void paint(Canvas canvas, Axes axes, List<Reference> references) {
        for (int i = 0; i < references.size(); i++) {
            double value = references.get(i).value();
            if (axes.y().shows(value)) {
                double at = axes.y().at(value);
                canvas.line(axes.plot().x(), at, axes.plot().right(), at, pen(i));
            }
        }
    }
}

package dev.rectifier.report;

import java.util.ArrayList;
import java.util.List;

/** A polyline in points. */
final class Polyline {
    /** Points nearer to the last one than this, in both directions, cannot be seen. */
    private static final double VISIBLE = 0.3;

    private final List<Double> xs = new ArrayList<>();
    private final List<Double> ys = new ArrayList<>();

    void add(double x, double y) {
        int last = xs.size() - 1;
        boolean seen = last < 0 || Math.abs(x - xs.get(last)) > VISIBLE || Math.abs(y - ys.get(last)) > VISIBLE;
        if (seen) {
            xs.add(x);
            ys.add(y);
        }
    }

    void addReversed(Polyline other) {
        for (int i = other.size() - 1; i >= 0; i--) {
            xs.add(other.x(i));
            ys.add(other.y(i));
        }
    }

    int size() {
        return xs.size();
    }

    double x(int i) {
        return xs.get(i);
    }

    double y(int i) {
        return ys.get(i);
    }
}

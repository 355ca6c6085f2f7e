package dev.rectifier.conformance;

import java.util.List;
import java.util.stream.IntStream;

/** Angles from 0 to pi in {@link DoubleDouble}, by Taylor's series and one step of Newton's. */
final class Angles {
    static final DoubleDouble PI = new DoubleDouble(0x1.921fb54442d18p1, 0x1.1a62633145c07p-53);

    private static final int TERMS = 40; // pi^40 / 40! is below 2^-90

    /** 1 / (i (i + 1)). */
    private static final List<DoubleDouble> INVERSES = IntStream.range(0, TERMS)
            .mapToObj(i -> DoubleDouble.of(1).over(DoubleDouble.of(i * (i + 1.0))))
            .toList();

    private Angles() {}

    static DoubleDouble sine(DoubleDouble t) {
        return series(t, t, 2);
    }

    static DoubleDouble cosine(DoubleDouble t) {
        return series(DoubleDouble.of(1), t, 1);
    }

    /** first - first t^2 / (n (n + 1)) + ..., n growing by 2. */
    private static DoubleDouble series(DoubleDouble first, DoubleDouble t, int n) {
        DoubleDouble square = t.times(t);
        DoubleDouble term = first;
        DoubleDouble sum = first;
        for (int i = n; i < TERMS; i += 2) {
            term = term.times(square).times(INVERSES.get(i)).negated();
            sum = sum.plus(term);
        }
        return sum;
    }

    /** The angle of (x, y), y not negative: fp64's, and by how much (x, y) turned back by it is off the axis. */
    static DoubleDouble arcTangent(DoubleDouble y, DoubleDouble x) {
        DoubleDouble near = DoubleDouble.of(Math.atan2(y.high(), x.high()));
        DoubleDouble sine = sine(near);
        DoubleDouble cosine = cosine(near);
        DoubleDouble off = y.times(cosine).minus(x.times(sine));
        return near.plus(off.over(x.times(cosine).plus(y.times(sine))));
    }
}

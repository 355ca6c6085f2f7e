package dev.rectifier.conformance;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * What the oracle says of one output of one replica, row-major: values, and the largest error of each.
 *
 * <p>Two bounds are words: {@link #ANY} = the contract says nothing of this element; {@link #NOT_FINITE} = it must be a NaN
 * or an infinity.
 */
final class Expected {
    static final double ANY = Double.POSITIVE_INFINITY;
    static final double NOT_FINITE = Double.NaN;

    private final double[] values;
    private final double[] bounds;

    Expected(double[] values, double[] bounds) {
        this.values = values;
        this.bounds = bounds;
    }

    double[] values() {
        return values;
    }

    double[] bounds() {
        return bounds;
    }

    /** These values, bit for bit (up to the sign of zero). */
    static Expected exactly(double... values) {
        return new Expected(values, new double[values.length]);
    }

    static Expected of(Rounded... elements) {
        return new Expected(
                Arrays.stream(elements).mapToDouble(Rounded::value).toArray(),
                Arrays.stream(elements).mapToDouble(Rounded::bound).toArray());
    }

    static Expected filled(int length, IntToDoubleFunction values) {
        double[] result = new double[length];
        Arrays.setAll(result, values);
        return exactly(result);
    }

    /** Contents the contract leaves open. */
    static Expected anything(int length) {
        double[] bounds = new double[length];
        Arrays.fill(bounds, ANY);
        return new Expected(new double[length], bounds);
    }
}

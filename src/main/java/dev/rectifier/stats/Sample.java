package dev.rectifier.stats;

import java.util.Arrays;

/** Checks and filters on samples. */
public final class Sample {
    private Sample() {}

    /** The finite values, in order. */
    public static double[] finite(double... values) {
        return Arrays.stream(values).filter(Double::isFinite).toArray();
    }

    static void check(double[] values, int atLeast, String what) {
        if (values.length < atLeast) {
            throw new IllegalArgumentException(
                    what + " needs at least " + atLeast + " values, but there are " + values.length + ".");
        }
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i])) {
                throw new IllegalArgumentException(what + " met NaN at index " + i
                        + ". Drop values that are not finite with Sample.finite and state how many remain.");
            }
        }
    }

    static void checkPaired(double[] x, double[] y, int atLeast, String what) {
        check(x, atLeast, what);
        check(y, atLeast, what);
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    what + " needs pairs, but there are " + x.length + " x and " + y.length + " y values.");
        }
    }
}

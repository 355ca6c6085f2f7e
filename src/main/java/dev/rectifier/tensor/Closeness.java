package dev.rectifier.tensor;

import java.util.Locale;

/**
 * How near an array is to the values expected of it, element by element, each under its own bound.
 *
 * <p>share[i] = |actual[i] - expected[i]| / bound[i]; a bound of 0 asks for equality. An expected NaN is met by NaN alone,
 * an expected infinity by itself alone, and a NaN nobody expected never passes. A finite value that may lie outside the
 * range of the element type (|expected| + bound beyond its largest number) may also be the infinity of its sign.
 *
 * @param elements number of elements compared
 * @param worst row-major index of the element with the largest share; 0 if there are no elements
 * @param share the largest share of a bound that was used; infinite where a value cannot pass
 * @param actual the value found at {@code worst}
 * @param expected the value expected there
 * @param bound the bound there
 */
public record Closeness(int elements, int worst, double share, double actual, double expected, double bound) {
    /**
     * Compares {@code actual} with {@code expected} under {@code bounds}, all row-major and of one length.
     *
     * @throws IllegalArgumentException if the lengths differ or a bound is negative or NaN
     */
    public static Closeness of(HostTensor actual, double[] expected, double[] bounds) {
        requireLength(actual, expected.length, "expected values");
        requireLength(actual, bounds.length, "bounds");
        double largest = actual.dtype() == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        int worst = 0;
        double share = 0;
        for (int i = 0; i < expected.length; i++) {
            double here = share(actual.get(i), expected[i], bounds[i], largest);
            if (here > share) {
                share = here;
                worst = i;
            }
        }
        boolean empty = expected.length == 0;
        return new Closeness(
                expected.length,
                worst,
                share,
                empty ? 0 : actual.get(worst),
                empty ? 0 : expected[worst],
                empty ? 0 : bounds[worst]);
    }

    private static void requireLength(HostTensor actual, int length, String what) {
        if (actual.length() != length) {
            throw new IllegalArgumentException(
                    "Cannot compare " + actual + " with " + length + " " + what + ": the lengths differ.");
        }
    }

    private static double share(double actual, double expected, double bound, double largest) {
        if (!(bound >= 0)) {
            throw new IllegalArgumentException("A bound must not be negative or NaN, and one is " + bound + ".");
        }
        if (Double.compare(actual, expected) == 0 || actual == expected) {
            return 0;
        }
        if (Double.isInfinite(actual) && Math.abs(expected) + bound > largest) {
            return Math.signum(actual) == Math.signum(expected) ? 1 : Double.POSITIVE_INFINITY;
        }
        boolean finite = Double.isFinite(actual) && Double.isFinite(expected);
        return finite && bound > 0 ? Math.abs(actual - expected) / bound : Double.POSITIVE_INFINITY;
    }

    /** True when every element lies within its bound. */
    public boolean within() {
        return share <= 1;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s of %d elements: worst at %d, found %s, expected %s, bound %.3g (%.3g of it used)",
                within() ? "agreement" : "DISAGREEMENT",
                elements,
                worst,
                actual,
                expected,
                bound,
                share);
    }
}

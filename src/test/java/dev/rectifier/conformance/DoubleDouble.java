package dev.rectifier.conformance;

/**
 * A number as the unevaluated sum of two doubles, high the nearest double to it: some 106 bits, so that an oracle's own
 * roundings can be left out of a bound. Sums by Knuth's TwoSum, products by the fused multiply-add (Dekker 1971; Higham,
 * Accuracy and Stability, 4.3 and 27.9).
 *
 * <p>Each operation is wrong by at most 2^-100 of its result (a sum: of its operands), and by the smallest positive double
 * where a low part underflows.
 * A number that is not finite has low part 0.
 *
 * @param high leading part
 * @param low what is left
 */
public record DoubleDouble(double high, double low) {
    public static DoubleDouble of(double value) {
        return new DoubleDouble(value, 0);
    }

    private static DoubleDouble sum(double a, double b) {
        double high = a + b;
        double part = high - a;
        double low = (a - (high - part)) + (b - part);
        return Double.isFinite(high) ? new DoubleDouble(high, low) : of(high);
    }

    private DoubleDouble plus(double small) {
        return sum(high, low + small);
    }

    public DoubleDouble plus(DoubleDouble other) {
        DoubleDouble highs = sum(high, other.high);
        DoubleDouble lows = sum(low, other.low);
        return highs.plus(lows.high).plus(lows.low);
    }

    DoubleDouble negated() {
        return new DoubleDouble(-high, -low);
    }

    public DoubleDouble minus(DoubleDouble other) {
        return plus(other.negated());
    }

    public DoubleDouble times(DoubleDouble other) {
        double product = high * other.high;
        if (!Double.isFinite(product)) {
            return of(product);
        }
        double rest = Math.fma(high, other.high, -product);
        return sum(product, rest + (high * other.low + low * other.high));
    }

    public DoubleDouble over(DoubleDouble other) {
        double quotient = high / other.high;
        if (!Double.isFinite(quotient) || !Double.isFinite(other.high)) {
            return of(quotient);
        }
        DoubleDouble rest = minus(other.times(of(quotient)));
        DoubleDouble first = sum(quotient, rest.high / other.high);
        return first.plus(minus(other.times(first)).high / other.high);
    }

    DoubleDouble root() {
        double root = Math.sqrt(high);
        if (root == 0 || !Double.isFinite(root)) {
            return of(root);
        }
        DoubleDouble rest = minus(of(root).times(of(root)));
        return sum(root, rest.high / (2 * root));
    }

    /** This to a whole power, one product after another. */
    DoubleDouble power(long exponent) {
        DoubleDouble power = of(1);
        for (long i = 0; i < exponent; i++) {
            power = power.times(this);
        }
        return power;
    }
}

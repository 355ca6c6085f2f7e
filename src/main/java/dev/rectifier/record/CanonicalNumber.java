package dev.rectifier.record;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** The one spelling of a finite double: the fewest decimal digits that read back to the same bits, on every Java version. */
final class CanonicalNumber {
    /** Digits that always suffice for a double. */
    private static final int ENOUGH = 17;

    private CanonicalNumber() {}

    // Double.toString changed its digits in Java 19; a run's hash must not change with the Java version.
    static String of(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("A setting must be a finite number, but it is " + value + ".");
        }
        if (value == 0) {
            return "0";
        }
        return spell(shortest(value).stripTrailingZeros());
    }

    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < ENOUGH; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return rounded;
            }
        }
        return exact.round(new MathContext(ENOUGH, RoundingMode.HALF_EVEN));
    }

    private static String spell(BigDecimal number) {
        int exponent = number.precision() - number.scale() - 1;
        return exponent >= -5 && exponent <= 9 ? number.toPlainString() : number.toString();
    }
}

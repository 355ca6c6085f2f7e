package dev.rectifier.record;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers for people: four significant digits, an exponent only for very large and very small ones. */
public final class ShortNumber {
    private static final MathContext DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

    private ShortNumber() {}

    /** The value with four significant digits, for example 0.9871, 12, 3.2e-16. */
    public static String of(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        return exponent >= -4 && exponent <= 6 ? rounded.toPlainString() : scientific(rounded, exponent);
    }

    private static String scientific(BigDecimal rounded, int exponent) {
        return rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
    }
}

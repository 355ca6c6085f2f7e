package dev.rectifier.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Chooses round values to mark on an axis. */
final class Ticks {
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    private static final int[] STEPS = {1, 2, 5, 10};

    /** A round step may be this much finer than asked for. */
    private static final double FINER = 0.75;

    private Ticks() {}

    /**
     * A mark.
     *
     * @param value where
     * @param label its text; empty for a minor mark
     */
    record Tick(double value, String label) {}

    static List<Tick> of(Scale scale, int wanted) {
        double decades = Math.log10(scale.high() / scale.low());
        if (!scale.log()) {
            return linear(scale.low(), scale.high(), wanted);
        }
        return decades < 1.5 ? mantissas(scale.low(), scale.high()) : decades(scale, wanted);
    }

    /** Multiples of 1, 2 or 5 times a power of ten. */
    static List<Tick> linear(double low, double high, int wanted) {
        BigDecimal step = step((high - low) / Math.max(1, wanted));
        List<Tick> ticks = new ArrayList<>();
        BigDecimal first = new BigDecimal(low).divide(step, 0, RoundingMode.CEILING);
        for (BigDecimal at = first.multiply(step); at.doubleValue() <= high; at = at.add(step)) {
            ticks.add(new Tick(at.doubleValue(), label(at, Math.max(Math.abs(low), Math.abs(high)))));
        }
        return ticks;
    }

    private static BigDecimal step(double rough) {
        int exponent = (int) Math.floor(Math.log10(rough));
        for (int factor : STEPS) {
            BigDecimal step = BigDecimal.valueOf(factor).scaleByPowerOfTen(exponent);
            if (step.doubleValue() >= rough * FINER) {
                return step;
            }
        }
        return BigDecimal.ONE.scaleByPowerOfTen(exponent + 1);
    }

    private static String label(BigDecimal value, double largest) {
        boolean plain = value.signum() == 0 || (largest < 1e6 && largest >= 1e-3);
        return (plain ? value.stripTrailingZeros().toPlainString() : scientific(value)).replace('-', '\u2212');
    }

    private static String scientific(BigDecimal value) {
        BigDecimal bare = value.stripTrailingZeros();
        int exponent = bare.precision() - bare.scale() - 1;
        return bare.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString() + "×" + power(exponent);
    }

    private static List<Tick> mantissas(double low, double high) {
        List<Tick> ticks = new ArrayList<>();
        for (int exponent = (int) Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
            for (int digit = 1; digit < 10; digit++) {
                BigDecimal value = BigDecimal.valueOf(digit).scaleByPowerOfTen(exponent);
                boolean labelled = digit == 1 || digit == 2 || digit == 5;
                add(ticks, value, labelled ? label(value, high) : "", low, high);
            }
        }
        return ticks;
    }

    private static List<Tick> decades(Scale scale, int wanted) {
        List<Tick> ticks = new ArrayList<>();
        int first = (int) Math.floor(Math.log10(scale.low()));
        int last = (int) Math.floor(Math.log10(scale.high()));
        int stride = Math.max(1, (last - first + wanted - 1) / wanted);
        for (int exponent = first; exponent <= last; exponent++) {
            boolean labelled = Math.floorMod(exponent, stride) == 0;
            add(
                    ticks,
                    BigDecimal.ONE.scaleByPowerOfTen(exponent),
                    labelled ? power(exponent) : "",
                    scale.low(),
                    scale.high());
            for (int digit = 2; digit < 10 && stride == 1; digit++) {
                add(ticks, BigDecimal.valueOf(digit).scaleByPowerOfTen(exponent), "", scale.low(), scale.high());
            }
        }
        return ticks;
    }

    private static void add(List<Tick> ticks, BigDecimal value, String label, double low, double high) {
        double at = value.doubleValue();
        if (at >= low && at <= high) {
            ticks.add(new Tick(at, label));
        }
    }

    /** A power of ten with a raised exponent. */
    static String power(int exponent) {
        StringBuilder raised = new StringBuilder("10");
        for (char c : Integer.toString(exponent).toCharArray()) {
            raised.append(c == '-' ? '⁻' : SUPERSCRIPTS.charAt(c - '0'));
        }
        return raised.toString();
    }
}

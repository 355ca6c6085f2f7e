package dev.rectifier.conformance;

import dev.rectifier.tensor.DType;

/**
 * A number with a bound of the error that an engine computing it in {@code type} may have made: running error analysis
 * (Higham, Accuracy and Stability, 3.3). Every operation passes on the errors of its operands, second order included, and
 * adds the engine's own rounding, u |what it rounds| + smallest subnormal. The number itself is followed in about 106 bits, so
 * the whole of {@link #bound} is the engine's: an engine may come as near to it as one rounding of the worst kind allows,
 * but never past it.
 *
 * @param exact the value
 * @param error bound of |engine's value - exact value|
 * @param type the type the engine computes in
 */
public record Rounded(DoubleDouble exact, double error, DType type) {
    /**
     * Error of exp, log and log1p in units of u: twice the largest error of 1 ulp = 2 u that the CUDA C++ Programming Guide
     * (mathematical functions appendix) and java.lang.Math both state, for engines with a polynomial of their own.
     */
    private static final double FUNCTION = 4;

    /** The oracle's own share of such a function: 1 ulp of fp64. */
    private static final double ORACLE = 2 * DType.F64.unitRoundoff();

    /** An operand that is exact in {@code type}. */
    public static Rounded exact(DType type, double value) {
        return of(type, value, 0);
    }

    /** A value known up to {@code error}. */
    public static Rounded of(DType type, double value, double error) {
        return new Rounded(DoubleDouble.of(value), error, type);
    }

    /** A scalar formed in fp64 and rounded once. */
    public static Rounded once(DType type, double value) {
        return exact(DType.F64, value).roundedTo(type);
    }

    /** The nearest fp64 number. */
    public double value() {
        return exact.high();
    }

    private double magnitude() {
        return Math.abs(value()) + error;
    }

    /** A rounding may lose {@code smallest} of the engine's value, and of the oracle's low part. */
    private Rounded settle(DoubleDouble result, double inherited) {
        double own = type.unitRoundoff() * (Math.abs(result.high()) + inherited) + 2 * Bound.smallest(type);
        return new Rounded(result, inherited + own, type);
    }

    private Rounded function(double result, double inherited) {
        double units = FUNCTION * type.unitRoundoff() + ORACLE;
        double own = units * (Math.abs(result) + inherited) + FUNCTION * Bound.smallest(type);
        return of(type, result, inherited + own);
    }

    /** The same number after one more rounding, to another type. */
    Rounded roundedTo(DType other) {
        return new Rounded(exact, error, other).settle(exact, error);
    }

    public Rounded plus(Rounded other) {
        return settle(exact.plus(other.exact), error + other.error);
    }

    public Rounded minus(Rounded other) {
        return settle(exact.minus(other.exact), error + other.error);
    }

    public Rounded times(Rounded other) {
        return settle(exact.times(other.exact), inheritedByProduct(other));
    }

    private double inheritedByProduct(Rounded other) {
        return Math.abs(value()) * other.error + Math.abs(other.value()) * error + error * other.error;
    }

    public Rounded over(Rounded other) {
        DoubleDouble quotient = exact.over(other.exact);
        double room = Math.abs(other.value()) - other.error;
        double inherited = room > 0
                ? (error + Math.abs(quotient.high()) * other.error) / room
                : (error + other.error > 0 ? Double.POSITIVE_INFINITY : 0);
        return settle(quotient, inherited);
    }

    /** |sqrt(a + e) - sqrt(a)| is at most e / sqrt(a), and at most sqrt(e). */
    Rounded root() {
        double inherited = error == 0 ? 0 : Math.min(error / Math.sqrt(value()), Math.sqrt(error));
        return settle(exact.root(), inherited);
    }

    /**
     * start + sum_i a_i b_i, summed in any order, fused or not: with n = a.length + 1 terms no term meets more than n
     * roundings, so the sum is wrong by at most gamma_n sum |terms| (Higham, 3.1) beside what it inherits.
     */
    public static Rounded inner(Rounded start, Rounded[] a, Rounded[] b) {
        DoubleDouble sum = start.exact;
        double inherited = start.error;
        double magnitude = start.magnitude();
        for (int i = 0; i < a.length; i++) {
            sum = sum.plus(a[i].exact.times(b[i].exact));
            inherited += a[i].inheritedByProduct(b[i]);
            magnitude += a[i].magnitude() * b[i].magnitude();
        }
        int terms = a.length + 1;
        double own = Bound.gamma(start.type, terms) * magnitude + 2 * terms * Bound.smallest(start.type);
        return new Rounded(sum, inherited + own, start.type);
    }

    /** Largest distance of the engine's value from {@link #value}. */
    private double spread() {
        return error + Math.abs(exact.low());
    }

    public Rounded exp() {
        return function(Math.exp(value()), Math.exp(value() + spread()) - Math.exp(value()));
    }

    public Rounded log() {
        return function(Math.log(value()), spread() / (value() - spread()));
    }

    public Rounded log1p() {
        return function(Math.log1p(value()), spread() / (1 + value() - spread()));
    }

    /** The bound to hold an engine to, around {@link #value}. */
    public double bound() {
        return Double.isFinite(value()) ? spread() : 0;
    }
}

package dev.rectifier.conformance;

import dev.rectifier.tensor.DType;

/**
 * A number with a bound of the error that an engine computing it in {@code type} may have made: running error analysis
 * (Higham, Accuracy and Stability, 3.3). Every operation passes on the errors of its operands to first order and adds its
 * own rounding, u |result| + smallest subnormal. The value is followed in fp64; its own roundings are covered by
 * {@link Bound#C}.
 *
 * @param value the value in fp64
 * @param error bound of |engine's value - exact value|
 * @param type the type the engine computes in
 */
record Rounded(double value, double error, DType type) {
    /**
     * Error of exp, log and log1p in units of u: twice the largest error of 1 ulp = 2 u that the CUDA C++ Programming Guide
     * (mathematical functions appendix) and java.lang.Math both state, for engines with a polynomial of their own.
     */
    private static final double FUNCTION = 4;

    /** An operand that is exact in {@code type}. */
    static Rounded exact(DType type, double value) {
        return new Rounded(value, 0, type);
    }

    /** A scalar formed in fp64 and rounded once. */
    static Rounded once(DType type, double value) {
        return exact(type, value).settle(value, 0, 1);
    }

    private Rounded settle(double result, double inherited, double units) {
        double own = units * (type.unitRoundoff() * Math.abs(result) + Bound.smallest(type));
        return new Rounded(result, inherited + own, type);
    }

    Rounded plus(Rounded other) {
        return settle(value + other.value, error + other.error, 1);
    }

    Rounded minus(Rounded other) {
        return settle(value - other.value, error + other.error, 1);
    }

    Rounded times(Rounded other) {
        double inherited = Math.abs(value) * other.error + Math.abs(other.value) * error + error * other.error;
        return settle(value * other.value, inherited, 1);
    }

    Rounded over(Rounded other) {
        double quotient = value / other.value;
        double room = Math.abs(other.value) - other.error;
        double inherited = room > 0
                ? (error + Math.abs(quotient) * other.error) / room
                : (error + other.error > 0 ? Double.POSITIVE_INFINITY : 0);
        return settle(quotient, inherited, 1);
    }

    /** |sqrt(a + e) - sqrt(a)| is at most e / sqrt(a), and at most sqrt(e). */
    Rounded root() {
        double inherited = error == 0 ? 0 : Math.min(error / Math.sqrt(value), Math.sqrt(error));
        return settle(Math.sqrt(value), inherited, 1);
    }

    Rounded exp() {
        return settle(Math.exp(value), Math.exp(value + error) - Math.exp(value), FUNCTION);
    }

    Rounded log() {
        return settle(Math.log(value), error / (value - error), FUNCTION);
    }

    Rounded log1p() {
        return settle(Math.log1p(value), error / (1 + value - error), FUNCTION);
    }

    /** The bound to hold an engine to. */
    double bound() {
        return Double.isFinite(value) ? Bound.C * error : 0;
    }
}

package dev.rectifier.conformance;

import dev.rectifier.tensor.DType;

/**
 * The tolerance of sums: bound = c (2 u_in + depth u_acc) sum|terms|, plus what gradual underflow may add.
 *
 * <p>u_acc is the unit roundoff of the accumulator, u_in that of rounded operands (0 here: every operand of these trials is
 * exact in its type). A sum of n products in any order, fused or not, has at most n roundings on the way of each term
 * (Higham, Accuracy and Stability, 3.1), so depth is n.
 *
 * <p>c = 2: one share for the engine, one for the oracle, whose fp64 sums are as long and whose roundings count as much when
 * the engine computes in fp64 too. Terms of second order, (n u)^2, are below 2^-15 of the bound for all n here and are paid
 * for by one more unit of depth.
 */
public final class Bound {
    static final double C = 2;

    private Bound() {}

    /** Bound of a sum of {@code terms} products accumulated in {@code type}, {@code magnitude} = sum of |terms|. */
    static double sum(DType type, long terms, double magnitude) {
        double u = type.unitRoundoff();
        return C * ((terms + 1) * u * magnitude + terms * smallest(type));
    }

    /** gamma_n = n u / (1 - n u): n roundings, second order included (Higham, lemma 3.1). */
    public static double gamma(DType type, long n) {
        double nu = n * type.unitRoundoff();
        return nu / (1 - nu);
    }

    /** The smallest positive number: the absolute error of an operation whose result is subnormal stays below it. */
    static double smallest(DType type) {
        return type == DType.F32 ? Float.MIN_VALUE : Double.MIN_VALUE;
    }

    /** {@code value} rounded once to {@code type}. */
    static double round(DType type, double value) {
        return type == DType.F32 ? (float) value : value;
    }
}

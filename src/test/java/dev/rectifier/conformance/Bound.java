package dev.rectifier.conformance;

import dev.rectifier.engine.MathMode;
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
    private static final double CUT_OFFS = 12;

    private Bound() {}

    /** Bound of a sum of {@code terms} products accumulated in {@code type}, {@code magnitude} = sum of |terms|. */
    static double sum(DType type, long terms, double magnitude) {
        double u = type.unitRoundoff();
        return C * ((terms + 1) * u * magnitude + terms * smallest(type));
    }

    /**
     * Bound of a sum of {@code terms} products as the mode has them, {@code magnitude} = sum of |terms|; fp64 is always IEEE.
     *
     * <p>TF32 rounds each operand, by 2^-11 of it at most. TF32X3 takes x = high + low, both TF32: x - high has up to 12 bits,
     * so low is off by 2^-23 of x at most, and low low, which is left out, is 2^-22 of a product; together 2^-21.
     *
     * <p>Tensor cores add in chunks of eight products and a sum, in two halves at worst, by cutting off what is below 2^-23 of the
     * largest addend (Fasi and others 2021): 12 such errors per chunk. In TF32 all of them are of the size of the whole
     * sum; in TF32X3 a chunk has a sum of its own, so they are of its size and do not add up, those of the products with a low
     * part are 2^-10 of that, and only the chunks' sums are rounded one after the other, to the nearest. Our own loops
     * round 8 or 24 times per chunk to the nearest, which is less. Products of TF32 numbers are exact. Second order: a factor.
     */
    static double product(DType type, MathMode mode, long terms, double magnitude) {
        if (type != DType.F32 || !mode.isTf32()) {
            return sum(type, terms, magnitude);
        }
        double chunks = Math.ceil(terms / 8.0);
        double relative = mode == MathMode.TF32
                ? 0x1p-10 + 0x1p-22 + CUT_OFFS * chunks * 0x1p-23
                : 0x1p-21 + CUT_OFFS * 0x1p-23 * (1 + 0x1p-8) + chunks * 0x1p-24;
        return relative * (1 + 0x1p-9) * magnitude + 4 * terms * smallest(type);
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

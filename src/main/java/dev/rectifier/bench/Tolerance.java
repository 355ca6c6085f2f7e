package dev.rectifier.bench;

import dev.rectifier.engine.MathMode;
import dev.rectifier.tensor.DType;

/** The norm-wise error that one operation in fp32 may have against fp64. */
final class Tolerance {
    private static final double ROUNDING = 0x1p-24;
    private static final double TF32_ROUNDING = 0x1p-11;
    private static final double BF16_ROUNDING = 0x1p-8;

    private Tolerance() {}

    /**
     * Sums of {@code depth} products with rounding errors of random sign: about u sqrt(depth) of the norm; four times that, and
     * 16 u for what is not a sum (exponentials, roots, the last rounding).
     */
    static double of(DType type, MathMode mode, long depth) {
        if (type == DType.F64) {
            return ofRounding(0x1p-53, depth);
        }
        return ofRounding(ROUNDING, depth) + operands(mode);
    }

    /** What rounding two operands adds, with a share for what the accumulators of tensor cores cut off. */
    private static double operands(MathMode mode) {
        return switch (mode) {
            case IEEE -> 0;
            case TF32 -> 4 * TF32_ROUNDING;
            case TF32X3 -> 32 * ROUNDING;
            case BF16 -> 4 * BF16_ROUNDING;
        };
    }

    private static double ofRounding(double unit, long depth) {
        return unit * (16 + 4 * Math.sqrt((double) depth));
    }
}

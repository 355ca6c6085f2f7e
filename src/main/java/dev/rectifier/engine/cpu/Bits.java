package dev.rectifier.engine.cpu;

/** Branch-free tests and masks: the sign of an activation is a coin toss, which a branch predictor loses. */
final class Bits {
    private static final int INFINITY_32 = 0x7f800000;
    private static final long INFINITY_64 = 0x7ff0000000000000L;

    private Bits() {}

    /** 1 if z > 0, else 0; 0 for NaN. */
    static int positive(float z) {
        int bits = Float.floatToRawIntBits(z);
        return (-bits & (bits - (INFINITY_32 + 1))) >>> 31;
    }

    /** 1 if z > 0, else 0; 0 for NaN. */
    static int positive(double z) {
        long bits = Double.doubleToRawLongBits(z);
        return (int) ((-bits & (bits - (INFINITY_64 + 1))) >>> 63);
    }

    /** z if bit is 1, +0 if it is 0. */
    static float keep(float z, int bit) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(z) & -bit);
    }

    /** z if bit is 1, +0 if it is 0. */
    static double keep(double z, int bit) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(z) & -(long) bit);
    }
}

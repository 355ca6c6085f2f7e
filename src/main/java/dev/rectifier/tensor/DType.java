package dev.rectifier.tensor;

/** Element type of an array, with its width in bytes and, for floating types, its unit roundoff. */
public enum DType {
    F32(4, 0x1p-24),
    F64(8, 0x1p-53),
    I32(4, 0),
    I64(8, 0);

    private final int bytes;
    private final double unitRoundoff;

    DType(int bytes, double unitRoundoff) {
        this.bytes = bytes;
        this.unitRoundoff = unitRoundoff;
    }

    /** Width of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Largest relative error of one rounding to nearest; 0 for integers. */
    public double unitRoundoff() {
        return unitRoundoff;
    }

    /** True for F32 and F64. */
    public boolean isFloating() {
        return unitRoundoff > 0;
    }
}

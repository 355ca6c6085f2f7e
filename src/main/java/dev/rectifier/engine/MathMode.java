package dev.rectifier.engine;

/**
 * Arithmetic inside the products of {@link DenseOps}. Anything but {@link #IEEE} must be asked for by name, is stored with
 * results, and is about fp32 alone: fp64 products stay IEEE. {@code numerics.md} has the bounds.
 */
public enum MathMode {
    /** Operands and accumulation in the element type, rounded to nearest. The default. */
    IEEE,
    /** Operands of fp32 products rounded to TF32 (10-bit mantissa), accumulation in fp32: error about 2^-10 of sum |terms|. */
    TF32,
    /** Operands of fp32 products split in two TF32 numbers, three products of four added: error about 2^-19 of sum |terms|. */
    TF32X3,
    /** Operands of fp32 products rounded to bfloat16, accumulation in fp32. */
    BF16;

    /** Whether operands of fp32 products are rounded to TF32, once or as a sum of two. */
    public boolean isTf32() {
        return this == TF32 || this == TF32X3;
    }
}

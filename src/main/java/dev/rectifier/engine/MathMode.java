package dev.rectifier.engine;

/** Arithmetic inside matrix products. Anything but {@link #IEEE} must be asked for by name and is stored with results. */
public enum MathMode {
    /** Operands and accumulation in the element type, rounded to nearest. The default. */
    IEEE,
    /** Operands of fp32 products rounded to TF32 (10-bit mantissa), accumulation in fp32. */
    TF32,
    /** Operands of fp32 products rounded to bfloat16, accumulation in fp32. */
    BF16
}

package dev.rectifier.tensor;

/**
 * The arc tangent on [0, 1] in fused multiply-adds and products alone, so that it has the same bits on CPUs and GPUs;
 * {@code cuda/population.cu} is the same text in device code.
 *
 * <p>atan(x) = x + x z q(z) with z = x^2. q interpolates (atan(x) / x - 1) / z at the 20 Chebyshev nodes of [0, 1]; as
 * rounded, it leaves the result wrong by a relative 7.7e-17, and the arithmetic by less than 1.5 ulp more.
 */
public final class ArcTangent {
    private static final double C0 = -0.3333333333333333;
    private static final double C1 = 0.1999999999999753;
    private static final double C2 = -0.14285714285384132;
    private static final double C3 = 0.11111111093490827;
    private static final double C4 = -0.09090908590891934;
    private static final double C5 = 0.07692298971033217;
    private static final double C6 = -0.06666564699289104;
    private static final double C7 = 0.05881506877793656;
    private static final double C8 = -0.052579733342841106;
    private static final double C9 = 0.04737749579527779;
    private static final double C10 = -0.04260356632601652;
    private static final double C11 = 0.03749486812535247;
    private static final double C12 = -0.031277189066996385;
    private static final double C13 = 0.023696731580048622;
    private static final double C14 = -0.015535152475414177;
    private static final double C15 = 0.008368931178450162;
    private static final double C16 = -0.0034958859739163094;
    private static final double C17 = 0.0010496035084968515;
    private static final double C18 = -0.00019996189377901382;
    private static final double C19 = 1.806195461861215e-05;

    private ArcTangent() {}

    /** atan(x) for x in [0, 1]; a NaN stays a NaN. */
    public static double of(double x) {
        double z = x * x;
        double q = Math.fma(C19, z, C18);
        q = Math.fma(q, z, C17);
        q = Math.fma(q, z, C16);
        q = Math.fma(q, z, C15);
        q = Math.fma(q, z, C14);
        q = Math.fma(q, z, C13);
        q = Math.fma(q, z, C12);
        q = Math.fma(q, z, C11);
        q = Math.fma(q, z, C10);
        q = Math.fma(q, z, C9);
        q = Math.fma(q, z, C8);
        q = Math.fma(q, z, C7);
        q = Math.fma(q, z, C6);
        q = Math.fma(q, z, C5);
        q = Math.fma(q, z, C4);
        q = Math.fma(q, z, C3);
        q = Math.fma(q, z, C2);
        q = Math.fma(q, z, C1);
        q = Math.fma(q, z, C0);
        return Math.fma(x * z, q, x);
    }
}

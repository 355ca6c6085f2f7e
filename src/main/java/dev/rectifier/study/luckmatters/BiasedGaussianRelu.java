package dev.rectifier.study.luckmatters;

import dev.rectifier.stats.Normal;

/**
 * Exact expectations over two ReLU nodes with biases, z_1 = w.x + b and z_2 = v.x + c, for x ~ N(0, scale^2 I). With
 * t_i = scale |weights|, r the cosine between w and v, h = b / t_1, k = c / t_2, q = sqrt(1 - r^2), Phi and phi the normal
 * distribution and density, Phi2 the bivariate distribution. Source: Luck Matters, two-layer population form with biases.
 */
public final class BiasedGaussianRelu {
    private final double[] w;
    private final double[] v;
    private final double scale;
    private final double t1;
    private final double t2;
    private final double r;
    private final double q;
    private final double h;
    private final double k;
    private final double c;

    /** The pair of nodes (w, b) and (v, c); w and v must not be parallel. Arrays are held, not copied. */
    public BiasedGaussianRelu(double[] w, double b, double[] v, double c, double scale) {
        this.w = w;
        this.v = v;
        this.c = c;
        this.scale = scale;
        this.t1 = scale * Vectors.norm(w);
        this.t2 = scale * Vectors.norm(v);
        double angle = Vectors.angle(w, v);
        this.r = Math.cos(angle);
        this.q = Math.sin(angle);
        this.h = b / t1;
        this.k = c / t2;
    }

    /** P(z_1 > 0 and z_2 > 0) = Phi2(h, k; r). */
    public double bothActive() {
        return Normal.bivariateCdf(h, k, r);
    }

    /** E[s(z)] = m Phi(m / t) + t phi(m / t) for z ~ N(m, t^2). */
    public static double mean(double m, double t) {
        return m * Normal.cdf(m / t) + t * Normal.pdf(m / t);
    }

    /** E[s(z)^2] = (m^2 + t^2) Phi(m / t) + m t phi(m / t) for z ~ N(m, t^2). */
    public static double secondMoment(double m, double t) {
        return (m * m + t * t) * Normal.cdf(m / t) + m * t * Normal.pdf(m / t);
    }

    /**
     * E[s(z_1) s(z_2)] = t_1 t_2 {(h k + r) Phi2 + h phi(k) Phi((h - r k) / q) + k phi(h) Phi((k - r h) / q)
     * + q phi(h) phi((k - r h) / q)}.
     */
    public double product() {
        double first = (h * k + r) * bothActive();
        double second = h * Normal.pdf(k) * Normal.cdf((h - r * k) / q);
        double third = k * Normal.pdf(h) * Normal.cdf((k - r * h) / q);
        double fourth = q * Normal.pdf(h) * Normal.pdf((k - r * h) / q);
        return t1 * t2 * (first + second + third + fourth);
    }

    /**
     * E[x s(z_2) 1{z_1 > 0}] = scale^2 {v Phi2 + (w / t_1) phi(h) [m Phi(m / t) + t phi(m / t)]}, m = c - r t_2 h,
     * t = t_2 q: a fresh vector [D].
     */
    public double[] gatedInput() {
        double[] result = new double[v.length];
        Vectors.axpy(result, scale * scale * bothActive(), v);
        double edge = Normal.pdf(h) * mean(c - r * t2 * h, t2 * q);
        Vectors.axpy(result, scale * scale * edge / t1, w);
        return result;
    }
}

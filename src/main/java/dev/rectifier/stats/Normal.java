package dev.rectifier.stats;

import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;
import org.apache.commons.math3.special.Erf;

/** The standard normal distribution in one and two dimensions. */
public final class Normal {
    private static final double SQRT_2 = Math.sqrt(2);
    private static final double INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);
    private static final GaussIntegrator RULE = new GaussIntegratorFactory().legendre(24);

    /** Above this correlation the integral is taken from r = 1 down, where its integrand stays bounded. */
    private static final double NEAR_ONE = 0.8;

    /** exp(-x^2 / 2) is below half an ulp of 1 from here on. */
    private static final double NEGLIGIBLE = 9;

    private static final double SMALLEST_PANEL = 0x1p-56;

    private Normal() {}

    /** Density exp(-x^2 / 2) / sqrt(2 pi). */
    public static double pdf(double x) {
        return INVERSE_SQRT_2PI * Math.exp(-x * x / 2);
    }

    /** Probability that a standard normal variable is at most {@code x}: erfc(-x / sqrt 2) / 2. */
    public static double cdf(double x) {
        return Double.isInfinite(x) ? (x > 0 ? 1 : 0) : Erf.erfc(-x / SQRT_2) / 2;
    }

    /**
     * Probability that X at most h and Y at most k, for standard normal X and Y with correlation r.
     *
     * <p>From dPhi2/dr = density (Plackett 1954), with r = sin t:
     * Phi2(h,k;r) = Phi(h) Phi(k) + 1/(2 pi) int_0^{asin r} exp(-(h^2 + k^2 - 2 h k sin t) / (2 cos^2 t)) dt;
     * for r near 1 the integral runs from r = 1, where Phi2 = Phi(min(h,k)), over u = pi/2 - t with panels halved towards
     * u = 0. Absolute error about 1e-15; cost at most about 1,500 exponentials.
     */
    public static double bivariateCdf(double h, double k, double r) {
        if (!(r >= -1 && r <= 1) || Double.isNaN(h) || Double.isNaN(k)) {
            throw new IllegalArgumentException("The bivariate normal needs numbers h, k and a correlation in [-1, 1],"
                    + " but they are " + h + ", " + k + ", " + r + ".");
        }
        if (Double.isInfinite(h) || Double.isInfinite(k)) {
            return cdf(h) * cdf(k);
        }
        if (r < -NEAR_ONE) {
            return clamp(cdf(h) - fromOne(h, -k, -r));
        }
        return clamp(r > NEAR_ONE ? fromOne(h, k, r) : fromZero(h, k, r));
    }

    private static double clamp(double p) {
        return Math.max(0, Math.min(1, p));
    }

    private static double fromZero(double h, double k, double r) {
        double end = Math.asin(r);
        int panels = 4;
        double sum = 0;
        for (int i = 0; i < panels; i++) {
            sum += panel(h, k, end * i / panels, end * (i + 1) / panels, true);
        }
        return cdf(h) * cdf(k) + sum / (2 * Math.PI);
    }

    private static double fromOne(double h, double k, double r) {
        // acos r, written without cancellation.
        double high = 2 * Math.asin(Math.sqrt((1 - r) / 2));
        double stop = Math.max(Math.abs(h - k) / NEGLIGIBLE, SMALLEST_PANEL);
        double sum = 0;
        while (high > stop) {
            sum += panel(h, k, high / 2, high, false);
            high /= 2;
        }
        return cdf(Math.min(h, k)) - sum / (2 * Math.PI);
    }

    private static double panel(double h, double k, double from, double to, boolean zeroForm) {
        double middle = (from + to) / 2;
        double half = (to - from) / 2;
        double sum = 0;
        for (int i = 0; i < RULE.getNumberOfPoints(); i++) {
            double at = middle + half * RULE.getPoint(i);
            sum += RULE.getWeight(i) * Math.exp(zeroForm ? zeroExponent(h, k, at) : oneExponent(h, k, at));
        }
        return sum * half;
    }

    private static double zeroExponent(double h, double k, double t) {
        double cos = Math.cos(t);
        return -(h * h + k * k - 2 * h * k * Math.sin(t)) / (2 * cos * cos);
    }

    // The same exponent at t = pi/2 - u, rearranged so that nothing cancels as u goes to 0.
    private static double oneExponent(double h, double k, double u) {
        double scaled = (h - k) / Math.sin(u);
        return -scaled * scaled / 2 - h * k / (1 + Math.cos(u));
    }
}

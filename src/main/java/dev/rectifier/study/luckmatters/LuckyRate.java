package dev.rectifier.study.luckmatters;

/**
 * How fast a lucky node converges in the exactly solvable case: as many students as teachers, fan-out fixed to the
 * identity, no bias, unit-norm weights, projected population gradient of half the squared error. The angle to the teacher
 * then obeys theta' = -(scale^2 / 2 pi) (pi - theta) sin theta: a closer start is strictly faster.
 * Source: Luck Matters, exact test of the theorem on lucky nodes.
 */
public final class LuckyRate {
    private static final double STEP = 1e-3;

    private LuckyRate() {}

    /** d theta / dt. */
    public static double rate(double theta, double scale) {
        return -scale * scale / (2 * Math.PI) * (Math.PI - theta) * Math.sin(theta);
    }

    /** theta(t) from theta(0) = start, by classical Runge-Kutta with steps of at most 1e-3 / scale^2. */
    public static double angleAfter(double start, double time, double scale) {
        int steps = Math.max(1, (int) Math.ceil(time * scale * scale / STEP));
        double theta = start;
        for (int i = 0; i < steps; i++) {
            theta = rungeKutta(theta, time / steps, scale);
        }
        return theta;
    }

    /**
     * Time from start down to target: the integral of d theta / |rate| over [target, start], by Simpson's rule in
     * u = log(tan(theta / 2)), where the integrand 2 pi / (scale^2 (pi - theta)) is smooth.
     */
    public static double timeTo(double target, double start, double scale) {
        double from = Math.log(Math.tan(target / 2));
        double to = Math.log(Math.tan(start / 2));
        int intervals = 2_000;
        double h = (to - from) / intervals;
        double sum = 0;
        for (int i = 0; i <= intervals; i++) {
            int weight = i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2;
            double theta = 2 * Math.atan(Math.exp(from + i * h));
            sum += weight * 2 * Math.PI / (scale * scale * (Math.PI - theta));
        }
        return sum * h / 3;
    }

    private static double rungeKutta(double theta, double dt, double scale) {
        double k1 = rate(theta, scale);
        double k2 = rate(theta + dt / 2 * k1, scale);
        double k3 = rate(theta + dt / 2 * k2, scale);
        double k4 = rate(theta + dt * k3, scale);
        return theta + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    }
}

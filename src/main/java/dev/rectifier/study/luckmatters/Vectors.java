package dev.rectifier.study.luckmatters;

/** The few fp64 vector operations that the closed forms need; sums run from the first element to the last. */
final class Vectors {
    private Vectors() {}

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    /** y = y + a x. */
    static void axpy(double[] y, double a, double[] x) {
        for (int i = 0; i < y.length; i++) {
            y[i] += a * x[i];
        }
    }

    /** Angle between two vectors in [0, pi], by the stable half-angle form: 2 atan2(|u - v|, |u + v|) of unit vectors. */
    static double angle(double[] a, double[] b) {
        double na = norm(a);
        double nb = norm(b);
        double minus = 0;
        double plus = 0;
        for (int i = 0; i < a.length; i++) {
            double u = a[i] / na;
            double v = b[i] / nb;
            minus += (u - v) * (u - v);
            plus += (u + v) * (u + v);
        }
        return 2 * Math.atan2(Math.sqrt(minus), Math.sqrt(plus));
    }

    /** Divides a by its norm, in place. */
    static void normalize(double[] a) {
        double norm = norm(a);
        for (int i = 0; i < a.length; i++) {
            a[i] /= norm;
        }
    }
}

package dev.rectifier.study.luckmatters;

/**
 * Exact expectations over ReLU nodes s(w.x), s(z) = max(z, 0), without bias, for x ~ N(0, scale^2 I): the arc-cosine
 * forms behind the two-layer theory. theta is the angle between the weight vectors w and v. {@link BiasedGaussianRelu}
 * has the forms with biases. Source: Luck Matters (Tian et al. 2019), two-layer exact population form.
 */
public final class GaussianRelu {
    private GaussianRelu() {}

    /** P(w.x > 0 and v.x > 0) = (pi - theta) / (2 pi). */
    public static double bothActive(double theta) {
        return (Math.PI - theta) / (2 * Math.PI);
    }

    /** E[s(w.x) s(v.x)] = scale^2 |w| |v| / (2 pi) (sin theta + (pi - theta) cos theta). */
    public static double product(double[] w, double[] v, double scale) {
        double theta = Vectors.angle(w, v);
        double shape = Math.sin(theta) + (Math.PI - theta) * Math.cos(theta);
        return scale * scale * Vectors.norm(w) * Vectors.norm(v) / (2 * Math.PI) * shape;
    }

    /** E[x s(v.x) 1{w.x > 0}] = scale^2 / (2 pi) ((pi - theta) v + |v| sin theta w / |w|): a fresh vector [D]. */
    public static double[] gatedInput(double[] w, double[] v, double scale) {
        double theta = Vectors.angle(w, v);
        double factor = scale * scale / (2 * Math.PI);
        double[] result = new double[v.length];
        Vectors.axpy(result, factor * (Math.PI - theta), v);
        Vectors.axpy(result, factor * Math.sin(theta) * Vectors.norm(v) / Vectors.norm(w), w);
        return result;
    }

    /** E[s(w.x)] = scale |w| / sqrt(2 pi). */
    public static double mean(double[] w, double scale) {
        return scale * Vectors.norm(w) / Math.sqrt(2 * Math.PI);
    }

    /** Var[s(w.x)] = scale^2 |w|^2 (pi - 1) / (2 pi). */
    public static double variance(double[] w, double scale) {
        return scale * scale * Vectors.dot(w, w) * (Math.PI - 1) / (2 * Math.PI);
    }

    /** Pearson correlation of two nodes at angle theta: (sin theta + (pi - theta) cos theta - 1) / (pi - 1). */
    public static double correlation(double theta) {
        return (Math.sin(theta) + (Math.PI - theta) * Math.cos(theta) - 1) / (Math.PI - 1);
    }
}

package dev.rectifier.study.luckmatters;

import dev.rectifier.tensor.SeedTree;
import java.util.Arrays;

/** Two ReLU nodes, with and without their biases: sums over samples of all that has a closed form, and those forms. */
final class NodePair {
    private final double[] w;
    private final double[] v;
    private final double b;
    private final double c;
    private final double[] exact;
    private final double[] sum;
    private final double[] sumOfSquares;
    private final double[] sample;
    private long count;

    private NodePair(double[] w, double b, double[] v, double c, double scale) {
        this.w = w;
        this.b = b;
        this.v = v;
        this.c = c;
        exact = closedForms(scale);
        sum = new double[exact.length];
        sumOfSquares = new double[exact.length];
        sample = new double[exact.length];
    }

    static NodePair drawn(SeedTree seeds, int number, int inputs, double scale) {
        double[] biases = Gaussians.vector(seeds, "biases", number, 2);
        double[] w = Gaussians.vector(seeds, "first weights", number, inputs);
        double[] v = Gaussians.vector(seeds, "second weights", number, inputs);
        return new NodePair(w, biases[0], v, biases[1], scale);
    }

    private double[] closedForms(double scale) {
        BiasedGaussianRelu biased = new BiasedGaussianRelu(w, b, v, c, scale);
        double[] forms = new double[2 * (4 + w.length)];
        forms[0] = GaussianRelu.bothActive(Vectors.angle(w, v));
        forms[1] = GaussianRelu.mean(w, scale);
        forms[2] = GaussianRelu.product(w, w, scale);
        forms[3] = GaussianRelu.product(w, v, scale);
        System.arraycopy(GaussianRelu.gatedInput(w, v, scale), 0, forms, 4, w.length);
        int half = forms.length / 2;
        double tau = scale * Vectors.norm(w);
        forms[half] = biased.bothActive();
        forms[half + 1] = BiasedGaussianRelu.mean(b, tau);
        forms[half + 2] = BiasedGaussianRelu.secondMoment(b, tau);
        forms[half + 3] = biased.product();
        System.arraycopy(biased.gatedInput(), 0, forms, half + 4, w.length);
        return forms;
    }

    /** Adds {@code rows} inputs that lie in {@code x} from {@code from} on. */
    void add(double[] x, int from, int rows) {
        for (int n = 0; n < rows; n++) {
            int at = from + n * w.length;
            double z1 = project(w, x, at);
            double z2 = project(v, x, at);
            tally(0, z1, z2, x, at);
            tally(sample.length / 2, z1 + b, z2 + c, x, at);
            for (int i = 0; i < sample.length; i++) {
                sum[i] += sample[i];
                sumOfSquares[i] += sample[i] * sample[i];
            }
        }
        count += rows;
    }

    private static double project(double[] weights, double[] x, int at) {
        double z = 0;
        for (int d = 0; d < weights.length; d++) {
            z += weights[d] * x[at + d];
        }
        return z;
    }

    private void tally(int first, double z1, double z2, double[] x, int at) {
        double f1 = Math.max(z1, 0);
        double f2 = Math.max(z2, 0);
        sample[first] = z1 > 0 && z2 > 0 ? 1 : 0;
        sample[first + 1] = f1;
        sample[first + 2] = f1 * f1;
        sample[first + 3] = f1 * f2;
        for (int d = 0; d < w.length; d++) {
            sample[first + 4 + d] = z1 > 0 ? x[at + d] * f2 : 0;
        }
    }

    /** Largest |average - closed form| in standard errors of the average. */
    double largestDistance() {
        double[] distance = new double[exact.length];
        for (int i = 0; i < distance.length; i++) {
            double mean = sum[i] / count;
            double variance = (sumOfSquares[i] - count * mean * mean) / (count - 1);
            distance[i] = Math.abs(mean - exact[i]) / Math.sqrt(variance / count);
        }
        return Arrays.stream(distance).max().orElse(Double.NaN);
    }
}

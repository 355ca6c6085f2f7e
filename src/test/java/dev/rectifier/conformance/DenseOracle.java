package dev.rectifier.conformance;

import dev.rectifier.engine.MathMode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Affine maps of one replica by the definition: every output is a sum of products, with sum|terms| beside it.
 *
 * @param n examples
 * @param d inputs
 * @param k outputs
 * @param mode of the products: where operands are split in two, what is left of an infinity is a NaN, and so is its product
 */
record DenseOracle(int n, int d, int k, MathMode mode) {
    /** y[n,k] = b[k] + sum_d x[n,d] w[k,d]; {@code b} has length 0 where there is no bias. */
    Expected forward(HostTensor x, HostTensor w, double[] b) {
        Sums sums = new Sums(x.dtype(), mode, n * k, d + (b.length > 0 ? 1 : 0));
        for (int i = 0; i < n * k; i++) {
            int row = i / k;
            int unit = i % k;
            sums.add(i, products(x, w, d, q -> row * d + q, q -> unit * d + q));
            sums.add(i, b.length > 0 ? new double[] {b[unit]} : b);
        }
        return sums.expected();
    }

    /** dx[n,d] = sum_k dy[n,k] w[k,d]. */
    Expected inputGradient(HostTensor dy, HostTensor w) {
        Sums sums = new Sums(dy.dtype(), mode, n * d, k);
        for (int i = 0; i < n * d; i++) {
            int row = i / d;
            int column = i % d;
            sums.add(i, products(dy, w, k, q -> row * k + q, q -> q * d + column));
        }
        return sums.expected();
    }

    /** dw[k,d] = sum_n dy[n,k] x[n,d]. */
    Expected weightGradient(HostTensor dy, HostTensor x) {
        Sums sums = new Sums(dy.dtype(), mode, k * d, n);
        for (int i = 0; i < k * d; i++) {
            int unit = i / d;
            int column = i % d;
            sums.add(i, products(dy, x, n, q -> q * k + unit, q -> q * d + column));
        }
        return sums.expected();
    }

    /** db[k] = sum_n dy[n,k]. */
    Expected biasGradient(HostTensor dy) {
        Sums sums = new Sums(dy.dtype(), MathMode.IEEE, k, n);
        for (int unit = 0; unit < k; unit++) {
            double[] column = new double[n];
            for (int row = 0; row < n; row++) {
                column[row] = dy.get(row * k + unit);
            }
            sums.add(unit, column);
        }
        return sums.expected();
    }

    /** max(z, 0): as far from the truth as z is at most. */
    static Expected rectified(Expected z) {
        double[] values = Arrays.stream(z.values()).map(v -> v <= 0 ? 0 : v).toArray();
        return new Expected(values, z.bounds());
    }

    /** The words of the gates z > 0; nothing is said of a word with a z that is nearer to 0 than to the truth. */
    static Expected gates(Expected z) {
        int count = z.values().length;
        double[] words = new double[(count + 31) / 32];
        double[] bounds = new double[words.length];
        for (int w = 0; w < words.length; w++) {
            int word = 0;
            for (int i = 32 * w; i < Math.min(count, 32 * w + 32); i++) {
                word |= z.values()[i] > 0 ? 1 << (i % 32) : 0;
                boolean open = z.bounds()[i] > 0 && Math.abs(z.values()[i]) <= z.bounds()[i];
                bounds[w] = open ? Expected.ANY : bounds[w];
            }
            words[w] = word;
        }
        return new Expected(words, bounds);
    }

    /** Zeros, exactly, where the mask is 0. */
    static Expected gated(Expected gradient, HostTensor mask) {
        double[] values = gradient.values().clone();
        double[] bounds = gradient.bounds().clone();
        for (int i = 0; i < values.length; i++) {
            boolean open = PointwiseOracle.bit(mask, i);
            values[i] = open ? values[i] : 0;
            bounds[i] = open ? bounds[i] : 0;
        }
        return new Expected(values, bounds);
    }

    private double[] products(HostTensor a, HostTensor b, int terms, IntUnaryOperator inA, IntUnaryOperator inB) {
        double[] products = new double[terms];
        for (int q = 0; q < terms; q++) {
            double product = a.get(inA.applyAsInt(q)) * b.get(inB.applyAsInt(q));
            boolean lost = mode == MathMode.TF32X3 && a.dtype() == DType.F32 && !Double.isFinite(product);
            products[q] = lost ? Double.NaN : product;
        }
        return products;
    }

    /** Running sums and sums of absolute values. */
    private static final class Sums {
        private final DType type;
        private final MathMode mode;
        private final int terms;
        private final double[] values;
        private final double[] magnitudes;

        Sums(DType type, MathMode mode, int length, int terms) {
            this.type = type;
            this.mode = mode;
            this.terms = terms;
            values = new double[length];
            magnitudes = new double[length];
        }

        void add(int i, double[] summands) {
            for (double summand : summands) {
                values[i] += summand;
                magnitudes[i] += Math.abs(summand);
            }
        }

        Expected expected() {
            double[] bounds = new double[values.length];
            for (int i = 0; i < bounds.length; i++) {
                bounds[i] = Double.isFinite(values[i]) ? Bound.product(type, mode, terms, magnitudes[i]) : 0;
            }
            return new Expected(values, bounds);
        }
    }
}

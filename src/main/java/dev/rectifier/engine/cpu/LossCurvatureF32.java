package dev.rectifier.engine.cpu;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import java.util.Arrays;

/** The second derivative of one kind of loss in the outputs, applied to a tangent u of the outputs; formed in fp64. */
sealed interface LossCurvatureF32 {
    /** Replica r's product goes to {@code product[at ...]}, which may be where its u is. */
    void apply(float[] product, int at, int r);

    static LossCurvatureF32 of(LossKind kind, View outputs, View targets, BlocksF32 along, double scale) {
        BlocksF32 o = BlocksF32.of(outputs);
        if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
            int classes = (int) outputs.dim(2);
            return new CrossEntropy(o, Words.of(targets), along, (int) outputs.dim(1), classes, scale);
        }
        return new Elementwise(kind, o, BlocksF32.of(targets), along, (int) outputs.blockSize(), scale);
    }

    /** Losses whose terms see one output each. */
    record Elementwise(LossKind kind, BlocksF32 o, BlocksF32 t, BlocksF32 u, int count, double scale)
            implements LossCurvatureF32 {
        @Override
        public void apply(float[] product, int at, int r) {
            for (int c = 0; c < count; c++) {
                double output = o.array()[o.at(r) + c];
                double second = second(output, t.array()[t.at(r) + c]) + 0 * output; // a non-finite output must show
                product[at + c] = (float) (scale * second * u.array()[u.at(r) + c]);
            }
        }

        private double second(double output, double target) {
            if (kind == LossKind.LOGISTIC) {
                double decay = Math.exp(-Math.abs(target * output));
                return decay / ((1 + decay) * (1 + decay));
            }
            return kind == LossKind.SQUARED ? 2 : 0;
        }
    }

    /** p_k (u_k - sum_j p_j u_j). */
    record CrossEntropy(BlocksF32 o, Words labels, BlocksF32 u, int examples, int classes, double scale)
            implements LossCurvatureF32 {
        @Override
        public void apply(float[] product, int at, int r) {
            double[] exponentials = new double[classes];
            for (int n = 0; n < examples; n++) {
                int label = labels.array()[labels.at(r) + n];
                int from = n * classes;
                if (label >= 0 && label < classes) {
                    example(product, at + from, o.at(r) + from, u.at(r) + from, exponentials);
                } else {
                    Arrays.fill(product, at + from, at + from + classes, Float.NaN);
                }
            }
        }

        private void example(float[] product, int at, int from, int along, double[] exponentials) {
            double total = exponentials(from, exponentials);
            double weighted = 0;
            for (int k = 0; k < classes; k++) {
                weighted += exponentials[k] * u.array()[along + k];
            }
            double mean = weighted / total;
            for (int k = 0; k < classes; k++) {
                product[at + k] = (float) (scale * (exponentials[k] / total) * (u.array()[along + k] - mean));
            }
        }

        /** Shifted by the largest output; returns their sum, NaN for non-finite outputs. */
        private double exponentials(int from, double[] exponentials) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < classes; k++) {
                largest = Math.max(largest, o.array()[from + k]);
            }
            double total = 0;
            for (int k = 0; k < classes; k++) {
                double output = o.array()[from + k];
                exponentials[k] = Math.exp(output - largest);
                total += exponentials[k] + 0 * output;
            }
            return total;
        }
    }
}

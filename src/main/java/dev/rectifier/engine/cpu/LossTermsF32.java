package dev.rectifier.engine.cpu;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import java.util.Arrays;

/**
 * The terms of one kind of loss. A term of a non-finite output o is made non-finite by adding 0 o, which is 0 for all
 * others: hinge and logistic terms would saturate at an infinite margin.
 */
sealed interface LossTermsF32 {
    /** The sum of replica r's terms, in fp64; its slopes, times the scale, go to {@code slopes[at ...]}. */
    double sum(float[] slopes, int at, int r);

    static LossTermsF32 of(LossKind kind, View outputs, View targets, double scale) {
        BlocksF32 o = BlocksF32.of(outputs);
        int count = (int) outputs.blockSize();
        return switch (kind) {
            case SQUARED -> new Squared(o, BlocksF32.of(targets), count, (float) (2 * scale));
            case LOGISTIC -> new Logistic(o, BlocksF32.of(targets), count, scale);
            case HINGE -> new Hinge(o, BlocksF32.of(targets), count, (float) scale);
            case SOFTMAX_CROSS_ENTROPY ->
                new CrossEntropy(o, Words.of(targets), (int) outputs.dim(1), (int) outputs.dim(2), scale);
        };
    }

    /**
     * One replica's outputs and what they should be, in arrays of their own.
     *
     * @param labels in place of targets, where the loss asks for classes
     */
    @SuppressWarnings("ArrayRecordComponent") // live storage, compared by nobody
    record Batch(float[] outputs, float[] targets, int[] labels, int examples, int width) {}

    static LossTermsF32 of(LossKind kind, Batch batch, double scale) {
        BlocksF32 o = new BlocksF32(batch.outputs, 0, 0);
        BlocksF32 t = new BlocksF32(batch.targets, 0, 0);
        int count = batch.examples * batch.width;
        return switch (kind) {
            case SQUARED -> new Squared(o, t, count, (float) (2 * scale));
            case LOGISTIC -> new Logistic(o, t, count, scale);
            case HINGE -> new Hinge(o, t, count, (float) scale);
            case SOFTMAX_CROSS_ENTROPY ->
                new CrossEntropy(o, new Words(batch.labels, 0, 0), batch.examples, batch.width, scale);
        };
    }

    /** (o - t)^2. */
    record Squared(BlocksF32 o, BlocksF32 t, int count, float slope) implements LossTermsF32 {
        @Override
        public double sum(float[] slopes, int at, int r) {
            float[] outputs = o.array();
            float[] targets = t.array();
            int i = o.at(r);
            int j = t.at(r);
            double sum = 0;
            for (int c = 0; c < count; c++) {
                float difference = outputs[i + c] - targets[j + c];
                sum += (double) difference * difference;
                slopes[at + c] = slope * difference;
            }
            return sum;
        }
    }

    /** log(1 + exp(-t o)), from the exponential that cannot overflow. */
    record Logistic(BlocksF32 o, BlocksF32 t, int count, double scale) implements LossTermsF32 {
        @Override
        public double sum(float[] slopes, int at, int r) {
            double sum = 0;
            for (int c = 0; c < count; c++) {
                double output = o.array()[o.at(r) + c];
                double target = t.array()[t.at(r) + c];
                double margin = target * output;
                double small = Math.exp(-Math.abs(margin));
                sum += Math.log1p(small) + Math.max(-margin, 0) + 0 * output;
                double falling = margin > 0 ? small / (1 + small) : 1 / (1 + small);
                slopes[at + c] = (float) (-target * scale * falling);
            }
            return sum;
        }
    }

    /** max(0, 1 - t o). */
    record Hinge(BlocksF32 o, BlocksF32 t, int count, float scale) implements LossTermsF32 {
        @Override
        public double sum(float[] slopes, int at, int r) {
            double sum = 0;
            for (int c = 0; c < count; c++) {
                float output = o.array()[o.at(r) + c];
                float target = t.array()[t.at(r) + c];
                double gap = 1 - (double) target * output;
                sum += Math.max(gap, 0) + 0 * output;
                slopes[at + c] = gap > 0 ? -target * scale : 0;
            }
            return sum;
        }
    }

    /** log(sum_k exp o_k) - o_label, with exponentials shifted by the largest output. */
    record CrossEntropy(BlocksF32 o, Words labels, int examples, int classes, double scale) implements LossTermsF32 {
        @Override
        public double sum(float[] slopes, int at, int r) {
            double sum = 0;
            for (int n = 0; n < examples; n++) {
                int label = labels.array()[labels.at(r) + n];
                boolean known = label >= 0 && label < classes;
                sum += known
                        ? example(slopes, at + n * classes, o.at(r) + n * classes, label)
                        : unknown(slopes, at + n * classes);
            }
            return sum;
        }

        private double unknown(float[] slopes, int at) {
            Arrays.fill(slopes, at, at + classes, Float.NaN);
            return Double.NaN;
        }

        private double example(float[] slopes, int at, int from, int label) {
            float[] outputs = o.array();
            double largest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < classes; k++) {
                largest = Math.max(largest, outputs[from + k]);
            }
            // Read before the slopes are written: they may take the place of the outputs.
            double margin = outputs[from + label] - largest;
            double total = 0;
            double poison = 0;
            for (int k = 0; k < classes; k++) {
                double output = outputs[from + k];
                double e = Math.exp(output - largest);
                total += e;
                poison += 0 * output;
                slopes[at + k] = (float) e;
            }
            for (int k = 0; k < classes; k++) {
                slopes[at + k] = (float) (scale * (slopes[at + k] / total));
            }
            // p - 1 from unrounded exponentials: near certainty the rounded ones would cancel to nothing.
            slopes[at + label] = (float) (scale * ((Math.exp(margin) - total) / total));
            return Math.log(total) - margin + poison;
        }
    }
}

package dev.rectifier.engine.cpu;

import dev.rectifier.engine.LossKind;
import java.util.Arrays;

/** Loss and its slope for a pack. */
final class LossLanesF32 {
    private final LossKind kind;
    private final int examples;
    private final int outputs;
    private final double[] squares;
    private final double[] sums;
    private final double[] bad;
    private final LossTermsF32.Batch one;
    private final float[] oneSlope;

    LossLanesF32(LossKind kind, int examples, int outputs, int capacity) {
        this.kind = kind;
        this.examples = examples;
        this.outputs = outputs;
        squares = new double[outputs * capacity];
        sums = new double[capacity];
        bad = new double[capacity];
        int count = examples * outputs;
        one = new LossTermsF32.Batch(new float[count], new float[count], new int[examples], examples, outputs);
        oneSlope = new float[count];
    }

    /** Sums of the last batch's terms, per lane. */
    double[] sums() {
        return sums;
    }

    /** Whether a sum of this lane was not finite since {@link #clear}. */
    boolean isBad(int lane) {
        return bad[lane] != 0;
    }

    void clear() {
        Arrays.fill(bad, 0);
    }

    /** Sums the terms and writes their slopes. */
    void evaluate(float[][] slopes, float[][] o, FeedLanesF32 targets, double scale, int lanes) {
        if (kind == LossKind.SQUARED) {
            squared(slopes, o, targets.values(), (float) (2 * scale), lanes);
        } else {
            oneByOne(slopes, o, targets, scale, lanes);
        }
        for (int l = 0; l < lanes; l++) {
            bad[l] = Math.fma(0, scale * sums[l], bad[l]);
        }
    }

    private void squared(float[][] slopes, float[][] o, float[][] t, float slope, int lanes) {
        Arrays.fill(sums, 0, lanes, 0);
        for (int n = 0; n < examples; n++) {
            if (outputs == 1) {
                squared(slopes[n], o[n], t[n], slope, sums, lanes);
                continue;
            }
            Arrays.fill(squares, 0);
            squared(slopes[n], o[n], t[n], slope, squares, outputs * lanes);
            for (int i = 0; i < outputs * lanes; i++) {
                sums[i % lanes] += squares[i];
            }
        }
    }

    private static void squared(float[] slopes, float[] o, float[] t, float slope, double[] sums, int length) {
        for (int i = 0; i < length; i++) {
            float difference = o[i] - t[i];
            sums[i] += (double) difference * difference;
            slopes[i] = slope * difference;
        }
    }

    /** The other losses take exponentials or branches; each lane goes through the terms of the single operation. */
    private void oneByOne(float[][] slopes, float[][] o, FeedLanesF32 targets, double scale, int lanes) {
        LossTermsF32 terms = LossTermsF32.of(kind, one, scale);
        for (int l = 0; l < lanes; l++) {
            for (int n = 0; n < examples; n++) {
                FeedLanesF32.gather(one.outputs(), n * outputs, o[n], l, lanes, outputs);
                if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
                    one.labels()[n] = targets.labels()[n][l];
                } else {
                    FeedLanesF32.gather(one.targets(), n * outputs, targets.values()[n], l, lanes, outputs);
                }
            }
            sums[l] = terms.sum(oneSlope, 0, 0);
            scatter(slopes, l, lanes);
        }
    }

    private void scatter(float[][] slopes, int l, int lanes) {
        for (int n = 0; n < examples; n++) {
            for (int k = 0; k < outputs; k++) {
                slopes[n][k * lanes + l] = oneSlope[n * outputs + k];
            }
        }
    }
}

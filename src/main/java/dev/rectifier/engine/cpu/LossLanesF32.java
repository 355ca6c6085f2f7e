package dev.rectifier.engine.cpu;

import dev.rectifier.engine.LossKind;
import java.util.Arrays;

/** Loss and its slope for a pack. */
final class LossLanesF32 {
    private final LossKind kind;
    private final int examples;
    private final double[] sums;
    private final double[] bad;
    private final LossTermsF32.Batch one;
    private final float[] oneSlope;

    LossLanesF32(LossKind kind, int examples, int outputs, int capacity) {
        this.kind = kind;
        this.examples = examples;
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
        for (int i = 0; i < o.length; i++) {
            squared(slopes[i], o[i], t[i], slope, sums, lanes);
        }
    }

    private static void squared(float[] slopes, float[] o, float[] t, float slope, double[] sums, int lanes) {
        for (int l = 0; l < lanes; l++) {
            float difference = o[l] - t[l];
            sums[l] += (double) difference * difference;
            slopes[l] = slope * difference;
        }
    }

    /** The other losses take exponentials or branches; each lane goes through the terms of the single operation. */
    private void oneByOne(float[][] slopes, float[][] o, FeedLanesF32 targets, double scale, int lanes) {
        LossTermsF32 terms = LossTermsF32.of(kind, one, scale);
        for (int l = 0; l < lanes; l++) {
            FeedLanesF32.gather(one.outputs(), 0, o, l, oneSlope.length);
            if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
                for (int n = 0; n < examples; n++) {
                    one.labels()[n] = targets.labels()[n][l];
                }
            } else {
                FeedLanesF32.gather(one.targets(), 0, targets.values(), l, oneSlope.length);
            }
            sums[l] = terms.sum(oneSlope, 0, 0);
            FeedLanesF32.scatter(slopes, l, oneSlope, 0, oneSlope.length);
        }
    }
}

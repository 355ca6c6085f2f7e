package dev.rectifier.engine.cpu;

import dev.rectifier.engine.LossKind;
import java.util.Arrays;

/** Loss and its slope for a pack. */
final class LossLanesF32 {
    private final LossKind kind;
    private final int examples;
    private final int outputs;
    private final double[] sums;
    private final double[] bad;
    private final float[] oneOutput;
    private final float[] oneTarget;
    private final float[] oneSlope;
    private final int[] oneLabel;

    LossLanesF32(LossKind kind, int examples, int outputs, int capacity) {
        this.kind = kind;
        this.examples = examples;
        this.outputs = outputs;
        sums = new double[capacity];
        bad = new double[capacity];
        oneOutput = new float[examples * outputs];
        oneTarget = new float[examples * outputs];
        oneSlope = new float[examples * outputs];
        oneLabel = new int[examples];
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
        LossTermsF32 terms = terms(scale);
        for (int l = 0; l < lanes; l++) {
            FeedLanesF32.gather(oneOutput, 0, o, l, oneOutput.length);
            if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
                for (int n = 0; n < examples; n++) {
                    oneLabel[n] = targets.labels()[n][l];
                }
            } else {
                FeedLanesF32.gather(oneTarget, 0, targets.values(), l, oneTarget.length);
            }
            sums[l] = terms.sum(oneSlope, 0, 0);
            FeedLanesF32.scatter(slopes, l, oneSlope, 0, oneSlope.length);
        }
    }

    private LossTermsF32 terms(double scale) {
        BlocksF32 o = new BlocksF32(oneOutput, 0, 0);
        BlocksF32 t = new BlocksF32(oneTarget, 0, 0);
        return switch (kind) {
            case SQUARED -> new LossTermsF32.Squared(o, t, oneOutput.length, (float) (2 * scale));
            case LOGISTIC -> new LossTermsF32.Logistic(o, t, oneOutput.length, scale);
            case HINGE -> new LossTermsF32.Hinge(o, t, oneOutput.length, (float) scale);
            case SOFTMAX_CROSS_ENTROPY ->
                new LossTermsF32.CrossEntropy(o, new Words(oneLabel, 0, 0), examples, outputs, scale);
        };
    }
}

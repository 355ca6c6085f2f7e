package dev.rectifier.engine.cpu;

import dev.rectifier.engine.UpdateRule;

/** The hyper-parameters of a pack at one step, in the lanes of every unit, formed in fp64 and rounded once as in {@link StepF32}. */
final class RatesF32 {
    private final boolean adam;
    private final int units;
    private final float[][] rows;
    private final float[] rate;
    private final float[] kept;
    private final float[] l2;
    private final float[] momentum;
    private final float[] intake;
    private final float[] beta2;
    private final float[] intake2;
    private final float[] rootCorrection;
    private final float[] epsilon;
    private boolean plain;
    private double factor = Double.NaN;
    private long step;

    /** @param units of the longest row */
    RatesF32(UpdateRule rule, int units, int capacity) {
        adam = rule == UpdateRule.ADAM;
        this.units = units;
        rows = LanesF32.padded(9, units * capacity);
        rate = rows[0];
        kept = rows[1];
        l2 = rows[2];
        momentum = rows[3];
        intake = rows[4];
        beta2 = rows[5];
        intake2 = rows[6];
        rootCorrection = rows[7];
        epsilon = rows[8];
    }

    /** The lanes have other replicas now. */
    void forget() {
        factor = Double.NaN;
    }

    /** Makes ready for a step; nothing to do while the schedule's factor stays the same. */
    void prepare(BlocksF64 hyper, PackLanes lanes, double newFactor, long newStep) {
        step = newStep;
        if (newFactor == factor && !adam) {
            return;
        }
        factor = newFactor;
        plain = true;
        for (int l = 0; l < lanes.count(); l++) {
            set(l, new StepScalars(hyper.array(), hyper.at(lanes.replica(l)), factor, step));
        }
        for (float[] row : rows) {
            LanesF32.repeat(row, row, 0, lanes.count(), units);
        }
    }

    private void set(int l, StepScalars s) {
        rate[l] = (float) -(adam ? s.correctedRate() : s.rate());
        kept[l] = (float) s.kept();
        l2[l] = (float) s.l2();
        momentum[l] = (float) s.momentum();
        intake[l] = (float) (1 - (adam ? s.momentum() : s.dampening()));
        beta2[l] = (float) s.beta2();
        intake2[l] = (float) (1 - s.beta2());
        epsilon[l] = (float) s.epsilon();
        rootCorrection[l] = adam ? (float) s.rootCorrection() : 0;
        plain &= l2[l] == 0 && kept[l] == 1;
    }

    /** No penalty and no decay in any lane: a step of SGD is w + rate g. */
    boolean isPlain() {
        return plain;
    }

    long step() {
        return step;
    }

    /** Minus the learning rate; Adam's with the first moment's bias correction. */
    float[] rate() {
        return rate;
    }

    float[] kept() {
        return kept;
    }

    float[] l2() {
        return l2;
    }

    float[] momentum() {
        return momentum;
    }

    /** 1 - dampening; Adam's 1 - beta1. */
    float[] intake() {
        return intake;
    }

    float[] beta2() {
        return beta2;
    }

    float[] intake2() {
        return intake2;
    }

    float[] rootCorrection() {
        return rootCorrection;
    }

    float[] epsilon() {
        return epsilon;
    }
}

package dev.rectifier.engine.cpu;

import dev.rectifier.engine.UpdateRule;

/** One replica's step: candidates in scratch memory first, so that a step to infinity leaves every old bit in place. */
final class StepF32 {
    private final int count;
    private final float[] w;
    private final int at;
    private final float[] g;
    private final int slope;
    private final float[] state;
    private final int first;
    private final int second;
    private final float[] newW;
    private final float[] newM;
    private final float[] newV;
    private final StepArraysF32 arrays;
    private final int r;

    StepF32(StepArraysF32 arrays, int r, Scratch scratch) {
        this.arrays = arrays;
        this.r = r;
        count = arrays.count();
        w = arrays.weights().array();
        at = arrays.weights().at(r);
        g = arrays.gradient().array();
        slope = arrays.gradient().at(r);
        state = arrays.state().array();
        first = arrays.state().at(r);
        second = first + count;
        newW = BlocksF32.scratch(scratch, 0, count);
        newM = BlocksF32.scratch(scratch, 1, count);
        newV = BlocksF32.scratch(scratch, 2, count);
    }

    void form(UpdateRule rule, StepScalars s) {
        switch (rule) {
            case SGD -> plain(s);
            case MOMENTUM -> momentum(s);
            case NESTEROV -> nesterov(s);
            case ADAM -> adam(s);
        }
        arrays.mask().ifPresent(mask -> keepMasked(mask, rule));
    }

    private void plain(StepScalars s) {
        float rate = (float) -s.rate();
        float kept = (float) s.kept();
        float l2 = (float) s.l2();
        for (int i = 0; i < count; i++) {
            float slopes = Math.fma(l2, w[at + i], g[slope + i]);
            newW[i] = Math.fma(rate, slopes, kept * w[at + i]);
        }
    }

    private void momentum(StepScalars s) {
        remember(s);
        float rate = (float) -s.rate();
        float kept = (float) s.kept();
        for (int i = 0; i < count; i++) {
            newW[i] = Math.fma(rate, newM[i], kept * w[at + i]);
        }
    }

    private void nesterov(StepScalars s) {
        remember(s);
        float rate = (float) -s.rate();
        float kept = (float) s.kept();
        float l2 = (float) s.l2();
        float momentum = (float) s.momentum();
        for (int i = 0; i < count; i++) {
            float slopes = Math.fma(l2, w[at + i], g[slope + i]);
            newW[i] = Math.fma(rate, Math.fma(momentum, newM[i], slopes), kept * w[at + i]);
        }
    }

    /** m = momentum m + (1 - dampening) g; at the first step m = g, whatever the state holds. */
    private void remember(StepScalars s) {
        float l2 = (float) s.l2();
        if (s.step() == 0) {
            for (int i = 0; i < count; i++) {
                newM[i] = Math.fma(l2, w[at + i], g[slope + i]);
            }
            return;
        }
        float memory = (float) s.momentum();
        float intake = (float) (1 - s.dampening());
        for (int i = 0; i < count; i++) {
            float slopes = Math.fma(l2, w[at + i], g[slope + i]);
            newM[i] = Math.fma(memory, state[first + i], intake * slopes);
        }
    }

    private void adam(StepScalars s) {
        float l2 = (float) s.l2();
        float beta1 = (float) s.momentum();
        float beta2 = (float) s.beta2();
        float share1 = (float) (1 - s.momentum());
        float share2 = (float) (1 - s.beta2());
        for (int i = 0; i < count; i++) {
            float slopes = Math.fma(l2, w[at + i], g[slope + i]);
            newM[i] = Math.fma(beta1, state[first + i], share1 * slopes);
            newV[i] = Math.fma(beta2, state[second + i], share2 * slopes * slopes);
        }
        float rate = (float) -s.correctedRate();
        float kept = (float) s.kept();
        float correction = (float) s.rootCorrection();
        float epsilon = (float) s.epsilon();
        for (int i = 0; i < count; i++) {
            float root = Math.fma((float) Math.sqrt(newV[i]), correction, epsilon);
            newW[i] = Math.fma(rate, newM[i] / root, kept * w[at + i]);
        }
    }

    private void keepMasked(Words mask, UpdateRule rule) {
        for (int i = 0; i < count; i++) {
            if (((mask.array()[mask.at(r) + (i >> 5)] >>> i) & 1) == 1) {
                continue;
            }
            newW[i] = w[at + i];
            if (rule.stateSlots() > 0) {
                newM[i] = state[first + i];
            }
            if (rule.stateSlots() > 1) {
                newV[i] = state[second + i];
            }
        }
    }

    boolean finite(UpdateRule rule) {
        return FiniteF32.all(newW, 0, count)
                && (rule.stateSlots() < 1 || FiniteF32.all(newM, 0, count))
                && (rule.stateSlots() < 2 || FiniteF32.all(newV, 0, count));
    }

    void commit(UpdateRule rule) {
        System.arraycopy(newW, 0, w, at, count);
        if (rule.stateSlots() > 0) {
            System.arraycopy(newM, 0, state, first, count);
        }
        if (rule.stateSlots() > 1) {
            System.arraycopy(newV, 0, state, second, count);
        }
    }
}

package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.UpdateRule;

/**
 * One replica's optimiser step: parameter i is element i of every array. All arrays are used from their beginnings, because
 * the compiler does not vectorise loops over windows.
 *
 * @param g gradient
 * @param old what the step reads
 * @param made what it writes; may be {@code old}
 * @param count P
 */
@SuppressWarnings("ArrayRecordComponent") // live storage, compared by nobody
record MoveF32(float[] g, Slots old, Slots made, int count) {
    /**
     * Parameters and optimiser state.
     *
     * @param m first moment, where the rule has one
     * @param v second moment, where the rule has one
     */
    @SuppressWarnings("ArrayRecordComponent") // live storage, compared by nobody
    record Slots(float[] w, float[] m, float[] v) {
        /** Takes a replica's from the buffers; every array as long as what it takes. */
        void load(Parameters from, int replica) {
            BlocksF32 weights = BlocksF32.of(from.weights());
            BlocksF32 state = BlocksF32.of(from.state());
            System.arraycopy(weights.array(), weights.at(replica), w, 0, w.length);
            System.arraycopy(state.array(), state.at(replica), m, 0, m.length);
            System.arraycopy(state.array(), state.at(replica) + m.length, v, 0, v.length);
        }

        /** The reverse of {@link #load}. */
        void store(Parameters to, int replica) {
            BlocksF32 weights = BlocksF32.of(to.weights());
            BlocksF32 state = BlocksF32.of(to.state());
            System.arraycopy(w, 0, weights.array(), weights.at(replica), w.length);
            System.arraycopy(m, 0, state.array(), state.at(replica), m.length);
            System.arraycopy(v, 0, state.array(), state.at(replica) + m.length, v.length);
        }

        /** Rooms for {@code count} parameters each, in a worker's scratch memory. */
        static Slots scratch(Scratch scratch, int slot, int count) {
            return new Slots(
                    BlocksF32.scratch(scratch, slot, count),
                    BlocksF32.scratch(scratch, slot + 1, count),
                    BlocksF32.scratch(scratch, slot + 2, count));
        }
    }

    void form(UpdateRule rule, StepScalars s) {
        switch (rule) {
            case SGD -> descend(made.w, old.w, s);
            case MOMENTUM -> {
                remember(made.m, s);
                move(made.w, made.m, s);
            }
            case NESTEROV -> {
                remember(made.m, s);
                lookAhead(made.w, made.m, s);
            }
            case ADAM -> {
                adapt(made.m, made.v, s);
                divide(made.w, made.m, made.v, s);
            }
        }
    }

    private void descend(float[] newW, float[] w, StepScalars s) {
        float rate = (float) -s.rate();
        float kept = (float) s.kept();
        float l2 = (float) s.l2();
        for (int i = 0; i < count; i++) {
            newW[i] = Math.fma(rate, Math.fma(l2, w[i], g[i]), kept * w[i]);
        }
    }

    /** w = rate m + kept w. */
    private void move(float[] newW, float[] newM, StepScalars s) {
        float[] w = old.w;
        float rate = (float) -s.rate();
        float kept = (float) s.kept();
        for (int i = 0; i < count; i++) {
            newW[i] = Math.fma(rate, newM[i], kept * w[i]);
        }
    }

    private void lookAhead(float[] newW, float[] newM, StepScalars s) {
        float[] w = old.w;
        float rate = (float) -s.rate();
        float kept = (float) s.kept();
        float l2 = (float) s.l2();
        float momentum = (float) s.momentum();
        for (int i = 0; i < count; i++) {
            float slope = Math.fma(l2, w[i], g[i]);
            newW[i] = Math.fma(rate, Math.fma(momentum, newM[i], slope), kept * w[i]);
        }
    }

    /** m = momentum m + (1 - dampening) g; at the first step m = g, whatever the state holds. */
    private void remember(float[] newM, StepScalars s) {
        float[] w = old.w;
        float[] m = old.m;
        float l2 = (float) s.l2();
        if (s.step() == 0) {
            for (int i = 0; i < count; i++) {
                newM[i] = Math.fma(l2, w[i], g[i]);
            }
            return;
        }
        float memory = (float) s.momentum();
        float intake = (float) (1 - s.dampening());
        for (int i = 0; i < count; i++) {
            newM[i] = Math.fma(memory, m[i], intake * Math.fma(l2, w[i], g[i]));
        }
    }

    private void adapt(float[] newM, float[] newV, StepScalars s) {
        float[] w = old.w;
        float[] m = old.m;
        float[] v = old.v;
        float l2 = (float) s.l2();
        float beta1 = (float) s.momentum();
        float beta2 = (float) s.beta2();
        float share1 = (float) (1 - s.momentum());
        float share2 = (float) (1 - s.beta2());
        for (int i = 0; i < count; i++) {
            float slope = Math.fma(l2, w[i], g[i]);
            newM[i] = Math.fma(beta1, m[i], share1 * slope);
            newV[i] = Math.fma(beta2, v[i], share2 * slope * slope);
        }
    }

    private void divide(float[] newW, float[] newM, float[] newV, StepScalars s) {
        float[] w = old.w;
        float rate = (float) -s.correctedRate();
        float kept = (float) s.kept();
        float correction = (float) s.rootCorrection();
        float epsilon = (float) s.epsilon();
        for (int i = 0; i < count; i++) {
            float root = Math.fma((float) Math.sqrt(newV[i]), correction, epsilon);
            newW[i] = Math.fma(rate, newM[i] / root, kept * w[i]);
        }
    }

    /** Makes what was written the old state. */
    void commit() {
        System.arraycopy(made.w, 0, old.w, 0, count);
        System.arraycopy(made.m, 0, old.m, 0, old.m.length);
        System.arraycopy(made.v, 0, old.v, 0, old.v.length);
    }

    /** Undoes the step where the mask, which begins at {@code word}, has a 0. */
    void restore(UpdateRule rule, Words mask, int word) {
        for (int i = 0; i < count; i++) {
            if (((mask.array()[word + (i >> 5)] >>> i) & 1) == 1) {
                continue;
            }
            made.w[i] = old.w[i];
            if (rule.stateSlots() > 0) {
                made.m[i] = old.m[i];
            }
            if (rule.stateSlots() > 1) {
                made.v[i] = old.v[i];
            }
        }
    }
}

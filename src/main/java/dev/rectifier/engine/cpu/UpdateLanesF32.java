package dev.rectifier.engine.cpu;

import dev.rectifier.engine.UpdateRule;
import java.util.Arrays;

/** Optimiser steps of a pack, lane by lane in the arithmetic of {@link StepF32}. */
final class UpdateLanesF32 {
    private final UpdateRule rule;
    private final RatesF32 rates;
    private final float[][] w;
    private final float[][] g;
    private final float[][] m;
    private final float[][] v;
    private final float[] slopes;

    /**
     * @param w weights, rows [P]
     * @param g gradient, rows [P]
     * @param state rows [slots P]: all of the first moment, then all of the second
     */
    UpdateLanesF32(UpdateRule rule, RatesF32 rates, float[][] w, float[][] g, float[][] state) {
        this.rule = rule;
        this.rates = rates;
        this.w = w;
        this.g = g;
        int count = w.length;
        m = Arrays.copyOfRange(state, 0, rule.stateSlots() > 0 ? count : 0);
        v = Arrays.copyOfRange(state, m.length, state.length);
        slopes = new float[w[0].length];
    }

    /** One step of parameter {@code p} in all lanes. */
    void step(int p, int lanes) {
        if (rule == UpdateRule.SGD && rates.isPlain()) {
            plain(w[p], g[p], rates.rate(), lanes);
            return;
        }
        addPenalty(slopes, rates.l2(), w[p], g[p], lanes);
        switch (rule) {
            case SGD -> move(w[p], slopes, lanes);
            case MOMENTUM -> {
                remember(m[p], lanes);
                move(w[p], m[p], lanes);
            }
            case NESTEROV -> {
                remember(m[p], lanes);
                LanesF32.addProduct(slopes, rates.momentum(), m[p], lanes);
                move(w[p], slopes, lanes);
            }
            case ADAM -> {
                remember(m[p], lanes);
                square(v[p], lanes);
                divide(slopes, m[p], v[p], lanes);
                move(w[p], slopes, lanes);
            }
        }
    }

    private static void plain(float[] w, float[] g, float[] rate, int lanes) {
        for (int l = 0; l < lanes; l++) {
            w[l] = Math.fma(rate[l], g[l], w[l]);
        }
    }

    private static void addPenalty(float[] slopes, float[] l2, float[] w, float[] g, int lanes) {
        for (int l = 0; l < lanes; l++) {
            slopes[l] = Math.fma(l2[l], w[l], g[l]);
        }
    }

    /** w = rate direction + kept w. */
    private void move(float[] w, float[] direction, int lanes) {
        float[] rate = rates.rate();
        float[] kept = rates.kept();
        for (int l = 0; l < lanes; l++) {
            w[l] = Math.fma(rate[l], direction[l], kept[l] * w[l]);
        }
    }

    /** m = momentum m + intake slopes; at the first step of the rules with one memory m = slopes. */
    private void remember(float[] m, int lanes) {
        if (rates.step() == 0 && rule != UpdateRule.ADAM) {
            System.arraycopy(slopes, 0, m, 0, lanes);
            return;
        }
        float[] memory = rates.momentum();
        float[] intake = rates.intake();
        for (int l = 0; l < lanes; l++) {
            m[l] = Math.fma(memory[l], m[l], intake[l] * slopes[l]);
        }
    }

    /** v = beta2 v + (1 - beta2) slopes^2. */
    private void square(float[] v, int lanes) {
        float[] memory = rates.beta2();
        float[] intake = rates.intake2();
        for (int l = 0; l < lanes; l++) {
            v[l] = Math.fma(memory[l], v[l], intake[l] * slopes[l] * slopes[l]);
        }
    }

    /** direction = m / (sqrt(v) correction + epsilon). */
    private void divide(float[] direction, float[] m, float[] v, int lanes) {
        float[] correction = rates.rootCorrection();
        float[] epsilon = rates.epsilon();
        for (int l = 0; l < lanes; l++) {
            direction[l] = m[l] / Math.fma((float) Math.sqrt(v[l]), correction[l], epsilon[l]);
        }
    }
}

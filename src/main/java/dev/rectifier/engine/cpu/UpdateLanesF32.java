package dev.rectifier.engine.cpu;

import dev.rectifier.engine.UpdateRule;
import java.util.Arrays;

/** Optimiser steps of a pack, row by row of its layout in the arithmetic of {@link StepF32}. */
final class UpdateLanesF32 {
    private final UpdateRule rule;
    private final RatesF32 rates;
    private final float[][] w;
    private final float[][] g;
    private final float[][] m;
    private final float[][] v;
    private final float[] slopes;

    /**
     * @param w weights, rows of a layout
     * @param g gradient, such rows
     * @param state as many rows per slot: all of the first moment, then all of the second
     */
    UpdateLanesF32(UpdateRule rule, RatesF32 rates, float[][] w, float[][] g, float[][] state) {
        this.rule = rule;
        this.rates = rates;
        this.w = w;
        this.g = g;
        int count = w.length;
        m = Arrays.copyOfRange(state, 0, rule.stateSlots() > 0 ? count : 0);
        v = Arrays.copyOfRange(state, m.length, state.length);
        slopes = LanesF32.padded(1, rates.rate().length)[0];
    }

    /** One step of the first {@code length} numbers of row {@code p}. */
    void step(int p, int length) {
        if (rule == UpdateRule.SGD && rates.isPlain()) {
            plain(w[p], g[p], rates.rate(), length);
            return;
        }
        addPenalty(slopes, rates.l2(), w[p], g[p], length);
        switch (rule) {
            case SGD -> move(w[p], slopes, length);
            case MOMENTUM -> {
                remember(m[p], length);
                move(w[p], m[p], length);
            }
            case NESTEROV -> {
                remember(m[p], length);
                LanesF32.addProduct(slopes, rates.momentum(), m[p], length);
                move(w[p], slopes, length);
            }
            case ADAM -> {
                remember(m[p], length);
                square(v[p], length);
                divide(slopes, m[p], v[p], length);
                move(w[p], slopes, length);
            }
        }
    }

    private static void plain(float[] w, float[] g, float[] rate, int length) {
        for (int i = 0; i < length; i++) {
            w[i] = Math.fma(rate[i], g[i], w[i]);
        }
    }

    private static void addPenalty(float[] slopes, float[] l2, float[] w, float[] g, int length) {
        for (int i = 0; i < length; i++) {
            slopes[i] = Math.fma(l2[i], w[i], g[i]);
        }
    }

    /** w = rate direction + kept w. */
    private void move(float[] w, float[] direction, int length) {
        float[] rate = rates.rate();
        float[] kept = rates.kept();
        for (int i = 0; i < length; i++) {
            w[i] = Math.fma(rate[i], direction[i], kept[i] * w[i]);
        }
    }

    /** m = momentum m + intake slopes; at the first step of the rules with one memory m = slopes. */
    private void remember(float[] m, int length) {
        if (rates.step() == 0 && rule != UpdateRule.ADAM) {
            System.arraycopy(slopes, 0, m, 0, length);
            return;
        }
        float[] memory = rates.momentum();
        float[] intake = rates.intake();
        for (int i = 0; i < length; i++) {
            m[i] = Math.fma(memory[i], m[i], intake[i] * slopes[i]);
        }
    }

    /** v = beta2 v + (1 - beta2) slopes^2. */
    private void square(float[] v, int length) {
        float[] memory = rates.beta2();
        float[] intake = rates.intake2();
        for (int i = 0; i < length; i++) {
            v[i] = Math.fma(memory[i], v[i], intake[i] * slopes[i] * slopes[i]);
        }
    }

    /** direction = m / (sqrt(v) correction + epsilon). */
    private void divide(float[] direction, float[] m, float[] v, int length) {
        float[] correction = rates.rootCorrection();
        float[] epsilon = rates.epsilon();
        for (int i = 0; i < length; i++) {
            direction[i] = m[i] / Math.fma((float) Math.sqrt(v[i]), correction[i], epsilon[i]);
        }
    }
}

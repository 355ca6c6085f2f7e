package dev.rectifier.engine.cpu;

import dev.rectifier.engine.UpdateRule;

/** Optimiser steps of one parameter of 32 units, in the arithmetic of {@link StepF32}. */
final class StreamedMoveF32 {
    private final UpdateRule rule;
    private boolean first;
    private float rate;
    private float kept;
    private float l2;
    private float momentum;
    private float intake;

    StreamedMoveF32(UpdateRule rule) {
        this.rule = rule;
    }

    void prepare(StepScalars s) {
        first = s.step() == 0;
        rate = (float) -s.rate();
        kept = (float) s.kept();
        l2 = (float) s.l2();
        momentum = (float) s.momentum();
        intake = (float) (1 - s.dampening());
    }

    /** w, m: [lanes], old numbers in, new ones out. */
    void step(float[] w, float[] m, float[] g) {
        switch (rule) {
            case SGD -> plain(w, g);
            case MOMENTUM -> {
                remember(w, m, g);
                move(w, m);
            }
            case NESTEROV -> nesterov(w, m, g);
            case ADAM -> throw new IllegalArgumentException("Sweeps do not know Adam.");
        }
    }

    private void plain(float[] w, float[] g) {
        for (int l = 0; l < w.length; l++) {
            w[l] = Math.fma(rate, Math.fma(l2, w[l], g[l]), kept * w[l]);
        }
    }

    private void remember(float[] w, float[] m, float[] g) {
        for (int l = 0; l < w.length; l++) {
            float slope = Math.fma(l2, w[l], g[l]);
            m[l] = first ? slope : Math.fma(momentum, m[l], intake * slope);
        }
    }

    private void move(float[] w, float[] direction) {
        for (int l = 0; l < w.length; l++) {
            w[l] = Math.fma(rate, direction[l], kept * w[l]);
        }
    }

    private void nesterov(float[] w, float[] m, float[] g) {
        remember(w, m, g);
        for (int l = 0; l < w.length; l++) {
            float slope = Math.fma(l2, w[l], g[l]);
            w[l] = Math.fma(rate, Math.fma(momentum, m[l], slope), kept * w[l]);
        }
    }
}

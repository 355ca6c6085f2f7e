package dev.rectifier.engine.cpu;

import dev.rectifier.engine.View;

/** The part of {@link dev.rectifier.engine.PointwiseOps} that depends on the floating element type. */
interface Elementwise {
    void relu(View y, View mask, View z);

    void reluBackward(View dz, View dy, View mask);

    void gate(View y, View x, View mask, double factor);

    void fill(View y, double value);

    void scale(View y, double a);

    void axpy(View y, double a, View x);

    void transpose(View y, View x);
}

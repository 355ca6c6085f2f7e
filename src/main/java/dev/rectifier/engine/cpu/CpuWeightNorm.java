package dev.rectifier.engine.cpu;

import dev.rectifier.engine.View;
import dev.rectifier.engine.WeightNormOps;

/** Picks the element type. */
final class CpuWeightNorm implements WeightNormOps {
    private final ByType<WeightNormOps> byType;

    CpuWeightNorm(Queue queue) {
        byType = new ByType<>(new WeightNormF32(queue), new WeightNormF64(queue));
    }

    @Override
    public void forward(View w, View norm, Factors factors) {
        byType.of(w).forward(w, norm, factors);
    }

    @Override
    public void backward(Factors gradient, View dw, Factors factors, View norm) {
        byType.of(dw).backward(gradient, dw, factors, norm);
    }

    @Override
    public void tangent(View tw, Factors factors, View norm, Factors direction) {
        byType.of(tw).tangent(tw, factors, norm, direction);
    }

    @Override
    public void backwardTangent(Factors tGradient, Signal signal, Factors factors, View norm, Factors direction) {
        byType.of(signal.dw()).backwardTangent(tGradient, signal, factors, norm, direction);
    }
}

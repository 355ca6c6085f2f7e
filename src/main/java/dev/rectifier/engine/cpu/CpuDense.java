package dev.rectifier.engine.cpu;

import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.View;

/** Picks the element type, and for fp32 the arithmetic. */
final class CpuDense implements DenseOps {
    private final ByType<DenseOps> byType;

    CpuDense(Queue queue, MathMode mode) {
        DenseOps single = mode.isTf32() ? new TensorDense(queue, mode) : new DenseF32(queue);
        byType = new ByType<>(single, new DenseF64(queue));
    }

    @Override
    public void forward(View y, View x, View w) {
        byType.of(y).forward(y, x, w);
    }

    @Override
    public void forward(View y, View x, View w, View b) {
        byType.of(y).forward(y, x, w, b);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w) {
        byType.of(y).forwardRelu(y, mask, x, w);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b) {
        byType.of(y).forwardRelu(y, mask, x, w, b);
    }

    @Override
    public void inputGradient(View dx, View dy, View w) {
        byType.of(dx).inputGradient(dx, dy, w);
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask) {
        byType.of(dz).inputGradientRelu(dz, dy, w, mask);
    }

    @Override
    public void weightGradient(View dw, View dy, View x) {
        byType.of(dw).weightGradient(dw, dy, x);
    }

    @Override
    public void biasGradient(View db, View dy) {
        byType.of(db).biasGradient(db, dy);
    }
}

package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.View;

/** Picks the element type. */
final class CpuConv implements ConvOps {
    private final ByType<ConvOps> byType;

    CpuConv(Queue queue) {
        byType = new ByType<>(new ConvF32(queue), new ConvF64(queue));
    }

    @Override
    public void forward(View y, View x, View w, Window g) {
        byType.of(y).forward(y, x, w, g);
    }

    @Override
    public void forward(View y, View x, View w, View b, Window g) {
        byType.of(y).forward(y, x, w, b, g);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, Window g) {
        byType.of(y).forwardRelu(y, mask, x, w, g);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b, Window g) {
        byType.of(y).forwardRelu(y, mask, x, w, b, g);
    }

    @Override
    public void inputGradient(View dx, View dy, View w, Window g) {
        byType.of(dx).inputGradient(dx, dy, w, g);
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask, Window g) {
        byType.of(dz).inputGradientRelu(dz, dy, w, mask, g);
    }

    @Override
    public void weightGradient(View dw, View dy, View x, Window g) {
        byType.of(dw).weightGradient(dw, dy, x, g);
    }

    @Override
    public void biasGradient(View db, View dy) {
        byType.of(db).biasGradient(db, dy);
    }
}

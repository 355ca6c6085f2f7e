package dev.rectifier.engine.cpu;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.LossOps;
import dev.rectifier.engine.View;

/** Picks the element type. */
final class CpuLosses implements LossOps {
    private final ByType<LossOps> byType;

    CpuLosses(Queue queue) {
        byType = new ByType<>(new LossesF32(queue), new LossesF64(queue));
    }

    @Override
    public void evaluate(LossKind kind, View value, View gradient, View outputs, View targets, double scale) {
        byType.of(outputs).evaluate(kind, value, gradient, outputs, targets, scale);
    }

    @Override
    public void value(LossKind kind, View value, View outputs, View targets, double scale) {
        byType.of(outputs).value(kind, value, outputs, targets, scale);
    }

    @Override
    public void tangent(LossKind kind, View product, View outputs, View targets, View along, double scale) {
        byType.of(outputs).tangent(kind, product, outputs, targets, along, scale);
    }

    @Override
    public void outer(View product, View gradient, View along, double factor) {
        byType.of(product).outer(product, gradient, along, factor);
    }
}

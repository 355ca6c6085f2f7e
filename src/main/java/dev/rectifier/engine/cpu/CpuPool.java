package dev.rectifier.engine.cpu;

import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.View;

/** Picks the element type. */
final class CpuPool implements PoolOps {
    private final ByType<PoolOps> byType;

    CpuPool(Queue queue) {
        byType = new ByType<>(new PoolF32(queue), new PoolF64(queue));
    }

    @Override
    public void max(View y, View index, View x, Window window) {
        byType.of(y).max(y, index, x, window);
    }

    @Override
    public void maxBackward(View dx, View dy, View index, Window window) {
        byType.of(dx).maxBackward(dx, dy, index, window);
    }

    @Override
    public void pick(View ty, View tx, View index) {
        byType.of(ty).pick(ty, tx, index);
    }

    @Override
    public void average(View y, View x, Window window) {
        byType.of(y).average(y, x, window);
    }

    @Override
    public void averageBackward(View dx, View dy, Window window) {
        byType.of(dx).averageBackward(dx, dy, window);
    }

    @Override
    public void globalAverage(View y, View x) {
        byType.of(y).globalAverage(y, x);
    }

    @Override
    public void globalAverageBackward(View dx, View dy) {
        byType.of(dx).globalAverageBackward(dx, dy);
    }
}

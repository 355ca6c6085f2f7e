package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ReduceOps;
import dev.rectifier.engine.View;

/** Picks the element type. */
final class CpuReduce implements ReduceOps {
    private final ByType<ReduceOps> byType;

    CpuReduce(Queue queue) {
        byType = new ByType<>(new ReduceF32(queue), new ReduceF64(queue));
    }

    @Override
    public void sum(View out, View a) {
        byType.of(a).sum(out, a);
    }

    @Override
    public void dot(View out, View a, View b) {
        byType.of(a).dot(out, a, b);
    }

    @Override
    public void moments(View mean, View m2, View x) {
        byType.of(x).moments(mean, m2, x);
    }

    @Override
    public void columnSquares(View out, View x) {
        byType.of(x).columnSquares(out, x);
    }

    @Override
    public void argmax(View index, View x) {
        byType.of(x).argmax(index, x);
    }

    @Override
    public void correct(View count, View x, View labels) {
        byType.of(x).correct(count, x, labels);
    }

    @Override
    public void correlation(View rho, View teacher, View student) {
        byType.of(teacher).correlation(rho, teacher, student);
    }
}

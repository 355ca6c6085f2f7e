package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.LossOps;
import dev.rectifier.engine.View;

/** Loss values in fp64, gradients in the element type. The value alone is the full evaluation with a scratch gradient. */
final class LossesF32 implements LossOps {
    private static final int GRADIENT = 0;

    private final Queue queue;

    LossesF32(Queue queue) {
        this.queue = queue;
    }

    @Override
    public void evaluate(LossKind kind, View value, View gradient, View outputs, View targets, double scale) {
        BlocksF64 sums = BlocksF64.of(value);
        BlocksF32 slopes = BlocksF32.of(gradient);
        LossTermsF32 terms = LossTermsF32.of(kind, outputs, targets, scale);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                sums.array()[sums.at(r)] = scale * terms.sum(slopes.array(), slopes.at(r), r);
            }
        };
        queue.submit(job, cost(kind, outputs), writes(value, gradient), outputs, targets);
    }

    @Override
    public void value(LossKind kind, View value, View outputs, View targets, double scale) {
        BlocksF64 sums = BlocksF64.of(value);
        LossTermsF32 terms = LossTermsF32.of(kind, outputs, targets, scale);
        int count = (int) outputs.blockSize();
        Job job = (first, last, scratch) -> {
            float[] slopes = BlocksF32.scratch(scratch, GRADIENT, count);
            for (int r = first; r < last; r++) {
                sums.array()[sums.at(r)] = scale * terms.sum(slopes, 0, r);
            }
        };
        queue.submit(job, cost(kind, outputs), writes(value), outputs, targets);
    }

    private static long cost(LossKind kind, View outputs) {
        long each = kind == LossKind.SQUARED || kind == LossKind.HINGE ? 2 : 40; // the others take an exponential
        return each * outputs.blockSize();
    }
}

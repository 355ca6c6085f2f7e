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

    @Override
    public void tangent(LossKind kind, View product, View outputs, View targets, View along, double scale) {
        BlocksF32 out = BlocksF32.of(product);
        LossCurvatureF32 curvature = LossCurvatureF32.of(kind, outputs, targets, BlocksF32.of(along), scale);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                curvature.apply(out.array(), out.at(r), r);
            }
        };
        queue.submit(job, cost(kind, outputs), writes(product), outputs, targets, along);
    }

    @Override
    public void outer(View product, View gradient, View along, double factor) {
        BlocksF32 out = BlocksF32.of(product);
        BlocksF32 g = BlocksF32.of(gradient);
        BlocksF32 u = BlocksF32.of(along);
        int examples = (int) product.dim(1);
        int width = (int) product.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                for (int from = 0; from < examples * width; from += width) {
                    double times = factor * dot(g.array(), g.at(r) + from, u.array(), u.at(r) + from, width);
                    for (int k = 0; k < width; k++) {
                        out.array()[out.at(r) + from + k] = (float) (times * g.array()[g.at(r) + from + k]);
                    }
                }
            }
        };
        queue.submit(job, 4 * product.blockSize(), writes(product), gradient, along);
    }

    private static double dot(float[] a, int at, float[] b, int from, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += (double) a[at + i] * b[from + i];
        }
        return sum;
    }

    private static long cost(LossKind kind, View outputs) {
        long each = kind == LossKind.SQUARED || kind == LossKind.HINGE ? 2 : 40; // the others take an exponential
        return each * outputs.blockSize();
    }
}

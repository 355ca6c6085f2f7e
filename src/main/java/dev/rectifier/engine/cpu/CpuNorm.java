package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.Health;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import java.util.Optional;

/** Picks the element type; joined operations are done one after the other, and running moments are fp64 whatever the type. */
final class CpuNorm implements NormOps {
    private final Queue queue;
    private final PointwiseOps pointwise;
    private final ByType<Normalising> byType;

    CpuNorm(Queue queue, PointwiseOps pointwise) {
        this.queue = queue;
        this.pointwise = pointwise;
        byType = new ByType<>(new NormF32(queue), new NormF64(queue));
    }

    private Normalising typed(Normed of) {
        return byType.of(of.x());
    }

    @Override
    public void forward(View y, Normed of) {
        typed(of).forward(y, of);
    }

    @Override
    public void forwardRelu(View y, View mask, Normed of) {
        forward(y, of);
        pointwise.relu(y, mask, y);
    }

    @Override
    public void normalise(View y, Normed of) {
        typed(of).normalise(y, of);
    }

    @Override
    public void normaliseRelu(View y, View mask, Normed of) {
        normalise(y, of);
        pointwise.relu(y, mask, y);
    }

    @Override
    public void backward(View dx, Affine gradient, View dy, Normed of) {
        typed(of).backward(dx, gradient, dy, of, true);
    }

    @Override
    public void backwardRelu(View dx, Affine gradient, View dy, View mask, Normed of) {
        pointwise.reluBackward(dx, dy, mask);
        backward(dx, gradient, dx, of);
    }

    @Override
    public void normaliseBackward(View dx, Affine gradient, View dy, Normed of) {
        typed(of).backward(dx, gradient, dy, of, false);
    }

    @Override
    public void normaliseBackwardRelu(View dx, Affine gradient, View dy, View mask, Normed of) {
        pointwise.reluBackward(dx, dy, mask);
        normaliseBackward(dx, gradient, dx, of);
    }

    @Override
    public void tangent(View ty, TangentMoments moments, Direction direction, Normed of) {
        typed(of).tangent(ty, Optional.of(moments), direction, of);
    }

    @Override
    public void normaliseTangent(View ty, Direction direction, Normed of) {
        typed(of).tangent(ty, Optional.empty(), direction, of);
    }

    @Override
    public void backwardTangent(
            View tdx, Affine gradient, Signal signal, TangentMoments moments, Direction direction, Normed of) {
        typed(of).backwardTangent(tdx, gradient, signal, Optional.of(moments), direction, of);
    }

    @Override
    public void normaliseBackwardTangent(View tdx, Affine gradient, Signal signal, Direction direction, Normed of) {
        typed(of).backwardTangent(tdx, gradient, signal, Optional.empty(), direction, of);
    }

    @Override
    public void track(Moments running, Moments batch, double momentum, long count, Health health) {
        HealthMarks marks = HealthMarks.of(health);
        double unbiased = count / (count - 1.0);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                if (!marks.frozen(r)) {
                    follow(running.mean(), batch.mean(), r, momentum, 1);
                    follow(running.variance(), batch.variance(), r, momentum, unbiased);
                }
            }
        };
        queue.submit(
                job,
                2 * running.mean().blockSize(),
                writes(running.mean(), running.variance()),
                batch.mean(),
                batch.variance(),
                health.cause());
    }

    private static void follow(View running, View batch, int r, double momentum, double factor) {
        BlocksF64 kept = BlocksF64.of(running);
        BlocksF64 fresh = BlocksF64.of(batch);
        for (int c = 0; c < running.blockSize(); c++) {
            int at = kept.at(r) + c;
            double value = factor * fresh.array()[fresh.at(r) + c];
            kept.array()[at] = Math.fma(momentum, value, (1 - momentum) * kept.array()[at]);
        }
    }
}

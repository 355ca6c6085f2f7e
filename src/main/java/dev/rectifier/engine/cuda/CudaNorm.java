package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Health;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.NormShape;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.util.Optional;

/** Launches of {@code norm_tile.cu}, {@code norm_elements.cu} and, before the latter, of {@code norm.cu}. */
final class CudaNorm implements NormOps {
    private static final int PLAIN_LIMIT =
            40 << 10; // dynamic shared memory that needs no leave, beside the kernels' own

    private final Kernels kernels;
    private final NormStages stages;
    private final int sharedLimit;

    CudaNorm(Kernels kernels, CudaContext context, Scratch scratch) {
        this.kernels = kernels;
        this.stages = new NormStages(kernels, context.memory(), scratch);
        this.sharedLimit = context.sharedBytes() - NormPlan.OWN;
    }

    private NormPlan.Slabs slabs(View x, int arrays) {
        int width = x.dtype().bytes();
        return NormPlan.slabs(NormShape.of(x), arrays * width, width, sharedLimit);
    }

    private static void run(Launch launch, View x, NormPlan.Slabs slabs, double eps) {
        Launch ready = NormStages.slabs(launch, x, slabs).number(eps);
        if (slabs.bytes() > PLAIN_LIMIT) {
            ready.allowShared(slabs.bytes());
        }
        ready.run(new Grid(x.replicas() * slabs.count(), Grid.BLOCK, 1, slabs.count(), 0), slabs.bytes());
    }

    private static Grid channels(View moments) {
        return Grid.rows(moments.replicas(), moments.dim(1), 1);
    }

    @Override
    public void forward(View y, Normed of) {
        forward(y, Optional.empty(), of);
    }

    @Override
    public void forwardRelu(View y, View mask, Normed of) {
        forward(y, Optional.of(mask), of);
    }

    private void forward(View y, Optional<View> mask, Normed of) {
        NormPlan.Slabs slabs = slabs(of.x(), 1);
        if (!slabs.fit()) {
            stages.moments(of.x(), of.moments());
            normalise(y, mask, of);
            return;
        }
        Launch launch = kernels.launch(KernelTable.NORM_TILE_FORWARD, y.dtype())
                .view(y)
                .view(mask)
                .view(of.moments().mean())
                .view(of.moments().variance())
                .view(of.x())
                .view(of.affine().scale())
                .view(of.affine().shift());
        run(launch, of.x(), slabs, of.eps());
    }

    @Override
    public void normalise(View y, Normed of) {
        normalise(y, Optional.empty(), of);
    }

    @Override
    public void normaliseRelu(View y, View mask, Normed of) {
        normalise(y, Optional.of(mask), of);
    }

    private void normalise(View y, Optional<View> mask, Normed of) {
        View table = stages.table(NormStages.Sources.of(of));
        Launch launch = kernels.launch(KernelTable.NORM_FORWARD, y.dtype())
                .view(y)
                .view(mask)
                .view(of.x())
                .view(table);
        NormStages.elements(launch, of.x(), Optional.empty());
    }

    @Override
    public void backward(View dx, Affine gradient, View dy, Normed of) {
        backward(dx, gradient, dy, Optional.empty(), of);
    }

    @Override
    public void backwardRelu(View dx, Affine gradient, View dy, View mask, Normed of) {
        backward(dx, gradient, dy, Optional.of(mask), of);
    }

    private void backward(View dx, Affine gradient, View dy, Optional<View> mask, Normed of) {
        NormPlan.Slabs slabs = slabs(of.x(), 2);
        if (!slabs.fit()) {
            staged(dx, gradient, new Gated(dy, mask), of, false);
            return;
        }
        Launch launch = kernels.launch(KernelTable.NORM_TILE_BACKWARD, dx.dtype())
                .view(dx)
                .view(gradient.scale())
                .view(gradient.shift())
                .view(dy)
                .view(mask)
                .view(of.x())
                .view(of.moments().mean())
                .view(of.moments().variance())
                .view(of.affine().scale());
        run(launch, of.x(), slabs, of.eps());
    }

    /** A gradient from above, gated if there is a mask. */
    private record Gated(View dy, Optional<View> mask) {}

    private void staged(View dx, Affine gradient, Gated signal, Normed of, boolean given) {
        NormStages.Sources sources = NormStages.Sources.of(of);
        NormStages.Destination to = new NormStages.Destination(Optional.empty(), Optional.of(gradient));
        View sums = stages.sums(signal.dy, signal.mask, of.x(), stages.table(sources), to);
        View table = stages.table(sources.withSums(sums));
        Launch launch = kernels.launch(KernelTable.NORM_BACKWARD, dx.dtype())
                .view(dx)
                .view(signal.dy)
                .view(signal.mask)
                .view(of.x())
                .view(table);
        NormStages.elements(launch, of.x(), Optional.of(given));
    }

    @Override
    public void normaliseBackward(View dx, Affine gradient, View dy, Normed of) {
        staged(dx, gradient, new Gated(dy, Optional.empty()), of, true);
    }

    @Override
    public void normaliseBackwardRelu(View dx, Affine gradient, View dy, View mask, Normed of) {
        staged(dx, gradient, new Gated(dy, Optional.of(mask)), of, true);
    }

    @Override
    public void tangent(View ty, TangentMoments moments, Direction direction, Normed of) {
        NormStages.Destination to = new NormStages.Destination(Optional.of(moments), Optional.empty());
        stages.sums(direction.x(), Optional.empty(), of.x(), stages.table(NormStages.Sources.of(of)), to);
        tangent(ty, Optional.of(moments), direction, of);
    }

    @Override
    public void normaliseTangent(View ty, Direction direction, Normed of) {
        tangent(ty, Optional.empty(), direction, of);
    }

    private void tangent(View ty, Optional<TangentMoments> moments, Direction direction, Normed of) {
        View table = stages.table(new NormStages.Sources(of, Optional.empty(), Optional.of(direction), moments));
        Launch launch = kernels.launch(KernelTable.NORM_TANGENT, ty.dtype())
                .view(ty)
                .view(direction.x())
                .view(of.x())
                .view(table);
        NormStages.elements(launch, of.x(), Optional.of(moments.isEmpty()));
    }

    @Override
    public void backwardTangent(
            View tdx, Affine gradient, Signal signal, TangentMoments moments, Direction direction, Normed of) {
        NormStages.Sources sources =
                new NormStages.Sources(of, Optional.empty(), Optional.of(direction), Optional.of(moments));
        View sums = stages.tangentSums(turned(signal, direction, of, false), stages.table(sources), gradient);
        backwardTangent(tdx, turned(signal, direction, of, false), stages.table(sources.withSums(sums)));
    }

    private static NormStages.Turned turned(Signal signal, Direction direction, Normed of, boolean given) {
        return new NormStages.Turned(signal.value(), signal.tangent(), of.x(), direction.x(), given);
    }

    @Override
    public void normaliseBackwardTangent(View tdx, Affine gradient, Signal signal, Direction direction, Normed of) {
        NormStages.Sources sources =
                new NormStages.Sources(of, Optional.empty(), Optional.of(direction), Optional.empty());
        View table = stages.table(sources);
        stages.tangentSums(turned(signal, direction, of, true), table, gradient);
        backwardTangent(tdx, turned(signal, direction, of, true), table);
    }

    private void backwardTangent(View tdx, NormStages.Turned of, View table) {
        Launch launch = kernels.launch(KernelTable.NORM_BACKWARD_TANGENT, tdx.dtype())
                .view(tdx)
                .view(of.g())
                .view(of.tg())
                .view(of.x())
                .view(of.tx())
                .view(table);
        NormStages.elements(launch, of.x(), Optional.of(of.given()));
    }

    @Override
    public void track(Moments running, Moments batch, double momentum, long count, Health health) {
        Grid grid = channels(running.mean());
        kernels.launch(KernelTable.NORM_TRACK, DType.F64)
                .view(running.mean())
                .view(running.variance())
                .view(batch.mean())
                .view(batch.variance())
                .view(health.cause())
                .size(running.mean().replicas())
                .size(running.mean().dim(1))
                .integer(grid.chunks())
                .number(momentum)
                .number(count / (count - 1.0))
                .run(grid);
    }
}

package dev.rectifier.engine.cuda;

import dev.rectifier.engine.RandomOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;

/** Launches of {@code random.cu}. */
final class CudaRandom implements RandomOps {
    /** Elements per counter, made by one thread. */
    private static final int GROUP = 4;

    private final Kernels kernels;
    private final StepClock clock;

    CudaRandom(Kernels kernels, StepClock clock) {
        this.kernels = kernels;
        this.clock = clock;
    }

    @Override
    public void normal(View out, View streams, long step, double mean, double deviation) {
        Grid grid = grid(out);
        drawn(KernelTable.NORMAL, out.dtype(), out, streams, step)
                .number(mean)
                .number(deviation)
                .run(grid);
    }

    @Override
    public void uniform(View out, View streams, long step, double low, double high) {
        Grid grid = grid(out);
        drawn(KernelTable.UNIFORM, out.dtype(), out, streams, step)
                .number(low)
                .number(high)
                .run(grid);
    }

    @Override
    public void integers(View out, View streams, long step, int bound) {
        Grid grid = grid(out);
        drawn(KernelTable.INTEGERS, DType.F32, out, streams, step)
                .integer(bound)
                .run(grid);
    }

    @Override
    public void keep(View mask, View streams, long step, long elements, double keep) {
        Grid grid = Grid.rows(mask.replicas(), mask.blockSize(), 1);
        Launch launch = kernels.launch(KernelTable.KEEP, DType.F32).view(mask).view(streams);
        clock.show(launch)
                .size(mask.replicas())
                .size(elements)
                .integer(grid.chunks())
                .size(clock.count(step))
                .size(RandomOps.threshold(keep))
                .run(grid);
    }

    private Launch drawn(KernelTable kernel, DType real, View out, View streams, long step) {
        Launch launch = kernels.launch(kernel, real).view(out).view(streams);
        return clock.show(launch)
                .size(out.replicas())
                .size(out.blockSize())
                .integer(grid(out).chunks())
                .size(clock.count(step));
    }

    private static Grid grid(View out) {
        return Grid.rows(out.replicas(), out.blockSize(), GROUP);
    }
}

package dev.rectifier.engine.cuda;

import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.PopulationOps;
import dev.rectifier.engine.View;

/** Launches of {@code population.cu}. */
final class CudaPopulation implements PopulationOps {
    /** A block works in shared memory where this much, which every launch may have, is enough. */
    private static final long SHARED_BYTES = 40 * 1024;

    /** Blocks at once that work in global memory; each takes one replica after the other. */
    private static final long GLOBAL_BLOCKS = 1024;

    private static final long WARPS = Grid.BLOCK / Grid.WARP;

    private final Kernels kernels;
    private final Scratch scratch;

    CudaPopulation(Kernels kernels, Scratch scratch) {
        this.kernels = kernels;
        this.scratch = scratch;
    }

    @Override
    public void squaredRelu(View loss, View gradient, View student, View teacher, PopulationNets nets, double scale) {
        long numbers = numbers(nets);
        boolean shared = numbers * Double.BYTES <= SHARED_BYTES;
        long blocks = shared ? student.replicas() : Math.min(student.replicas(), GLOBAL_BLOCKS);
        Launch launch = kernels.launch(KernelTable.SQUARED_RELU, student.dtype())
                .view(loss)
                .view(gradient);
        (shared ? launch.absent() : launch.view(scratch.doubles(blocks, numbers)))
                .view(student)
                .view(teacher)
                .size(student.replicas())
                .size(nets.student())
                .size(nets.teacher())
                .size(nets.inputs())
                .size(nets.outputs())
                .number(scale)
                .run(new Grid(blocks, Grid.BLOCK, 1, 1, 0), shared ? (int) numbers * Double.BYTES : 0);
    }

    /** Doubles a block works in; {@code Work} in the kernel cuts them. */
    private static long numbers(PopulationNets nets) {
        long units = nets.units();
        long widths = (long) nets.inputs() + nets.outputs();
        return 2 * units * widths + 3 * units + 2 * WARPS * widths;
    }
}

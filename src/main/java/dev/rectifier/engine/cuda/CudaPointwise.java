package dev.rectifier.engine.cuda;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;

/** Launches of {@code pointwise.cu}. */
final class CudaPointwise implements PointwiseOps {
    /** Elements per thread in the kernels. */
    private static final int ITEMS = 4;

    private final Kernels kernels;
    private final StepClock clock;

    CudaPointwise(Kernels kernels, StepClock clock) {
        this.kernels = kernels;
        this.clock = clock;
    }

    @Override
    public void relu(View y, View mask, View z) {
        Grid grid = Grid.rows(z.replicas(), z.blockSize(), ITEMS);
        run(kernels.launch(KernelTable.RELU, z.dtype()).view(y).view(mask).view(z), z, grid);
    }

    @Override
    public void reluBackward(View dz, View dy, View mask) {
        Grid grid = Grid.rows(dy.replicas(), dy.blockSize(), ITEMS);
        run(
                kernels.launch(KernelTable.RELU_BACKWARD, dy.dtype())
                        .view(dz)
                        .view(dy)
                        .view(mask),
                dy,
                grid);
    }

    @Override
    public void gate(View y, View x, View mask, double factor) {
        Grid grid = elements(y);
        sized(kernels.launch(KernelTable.GATE, y.dtype()).view(y).view(x).view(mask), y, grid)
                .number(factor)
                .run(grid);
    }

    @Override
    public void activeCounts(View counts, View mask, long examples) {
        long units = counts.blockSize();
        Grid grid = Grid.columns(counts.replicas(), units);
        kernels.launch(KernelTable.ACTIVE_COUNTS, DType.F32)
                .view(counts)
                .view(mask)
                .size(counts.replicas())
                .size(examples)
                .size(units)
                .integer(grid.chunks())
                .run(grid);
    }

    @Override
    public void fill(View y, double value) {
        Grid grid = elements(y);
        sized(kernels.launch(KernelTable.FILL, word(y)).view(y), y, grid)
                .size(bits(y.dtype(), value))
                .run(grid);
    }

    private static long bits(DType dtype, double value) {
        return switch (dtype) {
            case F32 -> Float.floatToRawIntBits((float) value);
            case F64 -> Double.doubleToRawLongBits(value);
            case I32 -> (int) value;
            case I64 -> (long) value;
        };
    }

    @Override
    public void scale(View y, double a) {
        Grid grid = elements(y);
        sized(kernels.launch(KernelTable.SCALE, y.dtype()).view(y), y, grid)
                .number(a)
                .run(grid);
    }

    @Override
    public void axpy(View y, double a, View x) {
        Grid grid = elements(y);
        sized(kernels.launch(KernelTable.AXPY, y.dtype()).view(y).view(x), y, grid)
                .number(a)
                .run(grid);
    }

    @Override
    public void copy(View y, View x) {
        run(kernels.launch(KernelTable.COPY, word(y)).view(y).view(x), y, elements(y));
    }

    @Override
    public void gather(View y, View x, View rows) {
        Launch launch = kernels.launch(KernelTable.GATHER, word(y))
                .view(y)
                .view(x)
                .view(rows)
                .absent();
        gather(launch, y, new Slots(1, 0, 0));
    }

    /** The same by rows I32 [R, slots, N or more], those of step s in slot s % slots. */
    void gather(View y, View x, View rows, long step) {
        Launch launch =
                kernels.launch(KernelTable.GATHER, word(y)).view(y).view(x).view(rows);
        gather(clock.show(launch), y, new Slots(rows.dim(1), rows.dim(2), clock.count(step)));
    }

    private record Slots(long count, long size, long step) {}

    private static void gather(Launch launch, View y, Slots slots) {
        Grid grid = Grid.rows(y.replicas() * y.dim(1), y.dim(2), ITEMS);
        launch.size(y.replicas())
                .size(y.dim(1))
                .size(y.dim(2))
                .integer(grid.chunks())
                .size(slots.count)
                .size(slots.size)
                .size(slots.step)
                .run(grid);
    }

    @Override
    public void transpose(View y, View x) {
        long height = x.dim(1);
        long width = x.dim(2);
        Grid grid = Grid.tiles(x.replicas(), height, width, Grid.WARP).asWarps();
        kernels.launch(KernelTable.TRANSPOSE, word(x))
                .view(y)
                .view(x)
                .size(x.replicas())
                .size(height)
                .size(width)
                .integer(Math.toIntExact(Grid.ceilDiv(height, Grid.WARP)))
                .integer(Math.toIntExact(Grid.ceilDiv(width, Grid.WARP)))
                .run(grid);
    }

    private static Grid elements(View y) {
        return Grid.rows(y.replicas(), y.blockSize(), ITEMS);
    }

    private static Launch sized(Launch launch, View y, Grid grid) {
        return launch.size(y.replicas()).size(y.blockSize()).integer(grid.chunks());
    }

    private static void run(Launch launch, View y, Grid grid) {
        sized(launch, y, grid).run(grid);
    }

    /** The element type whose WORD moves elements of this width. */
    private static DType word(View y) {
        return y.dtype().bytes() == DType.F32.bytes() ? DType.F32 : DType.F64;
    }
}

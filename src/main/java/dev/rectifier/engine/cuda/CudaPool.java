package dev.rectifier.engine.cuda;

import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.View;

/** Launches of {@code pool.cu}. */
final class CudaPool implements PoolOps {
    private final Kernels kernels;

    CudaPool(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void max(View y, View index, View x, Window window) {
        Grid grid = elements(y);
        Launch launch = kernels.launch(KernelTable.POOL_MAX, y.dtype())
                .view(y)
                .view(index)
                .view(x);
        windows(launch, y, x, grid, window).integer(window.padding()).run(grid);
    }

    @Override
    public void maxBackward(View dx, View dy, View index, Window window) {
        Grid grid = elements(dx);
        Launch launch = kernels.launch(KernelTable.POOL_MAX_BACKWARD, dx.dtype())
                .view(dx)
                .view(dy)
                .view(index);
        windows(launch, dy, dx, grid, window).integer(window.padding()).run(grid);
    }

    @Override
    public void pick(View ty, View tx, View index) {
        Grid grid = elements(ty);
        Launch launch = kernels.launch(KernelTable.POOL_PICK, ty.dtype())
                .view(ty)
                .view(tx)
                .view(index);
        planes(launch, ty, tx).integer(grid.chunks()).run(grid);
    }

    @Override
    public void average(View y, View x, Window window) {
        Grid grid = elements(y);
        Launch launch =
                kernels.launch(KernelTable.POOL_AVERAGE, y.dtype()).view(y).view(x);
        windows(launch, y, x, grid, window).number(share(window)).run(grid);
    }

    @Override
    public void averageBackward(View dx, View dy, Window window) {
        Grid grid = elements(dx);
        Launch launch = kernels.launch(KernelTable.POOL_AVERAGE_BACKWARD, dx.dtype())
                .view(dx)
                .view(dy);
        windows(launch, dy, dx, grid, window).number(share(window)).run(grid);
    }

    private static double share(Window window) {
        return 1.0 / ((double) window.size() * window.size());
    }

    @Override
    public void globalAverage(View y, View x) {
        kernels.launch(KernelTable.POOL_GLOBAL_AVERAGE, y.dtype())
                .view(y)
                .view(x)
                .size(y.replicas())
                .size(y.blockSize())
                .size(area(x))
                .number(1.0 / area(x))
                .run(Grid.groups(y.replicas() * y.blockSize(), Grid.WARP));
    }

    @Override
    public void globalAverageBackward(View dx, View dy) {
        Grid grid = elements(dx);
        kernels.launch(KernelTable.POOL_GLOBAL_AVERAGE_BACKWARD, dx.dtype())
                .view(dx)
                .view(dy)
                .size(dx.replicas())
                .size(dy.blockSize())
                .size(area(dx))
                .integer(grid.chunks())
                .number(1.0 / area(dx))
                .run(grid);
    }

    private static long area(View planes) {
        return planes.dim(3) * planes.dim(4);
    }

    private static Grid elements(View out) {
        return Grid.rows(out.replicas(), out.blockSize(), 1);
    }

    private static Launch planes(Launch launch, View small, View large) {
        return launch.size(large.replicas())
                .size(large.dim(1) * large.dim(2))
                .size(area(small))
                .size(area(large));
    }

    private static Launch windows(Launch launch, View small, View large, Grid grid, Window window) {
        return planes(launch, small, large)
                .integer(grid.chunks())
                .integer((int) large.dim(3))
                .integer((int) large.dim(4))
                .integer((int) small.dim(3))
                .integer((int) small.dim(4))
                .integer(window.size())
                .integer(window.stride());
    }
}

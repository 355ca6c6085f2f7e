package dev.rectifier.engine.cuda;

import dev.rectifier.engine.ReduceOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;

/** Launches of {@code reduce.cu}. */
final class CudaReduce implements ReduceOps {
    private final Kernels kernels;
    private final Partials partials;
    private final Scratch scratch;

    CudaReduce(Kernels kernels, Scratch scratch) {
        this.kernels = kernels;
        this.scratch = scratch;
        this.partials = new Partials(kernels, scratch);
    }

    @Override
    public void sum(View out, View a) {
        Grid grid = Grid.reduction(a.replicas(), a.blockSize(), 1);
        partials.run(
                out,
                grid,
                1,
                stage -> chunked(
                        kernels.launch(KernelTable.SUM, a.dtype()).view(stage).view(a), a, grid));
    }

    @Override
    public void dot(View out, View a, View b) {
        Grid grid = Grid.reduction(a.replicas(), a.blockSize(), 1);
        partials.run(
                out,
                grid,
                1,
                stage -> chunked(
                        kernels.launch(KernelTable.DOT, a.dtype())
                                .view(stage)
                                .view(a)
                                .view(b),
                        a,
                        grid));
    }

    private static void chunked(Launch launch, View a, Grid grid) {
        launch.size(a.replicas())
                .size(a.blockSize())
                .size(grid.chunkSize())
                .integer(grid.chunks())
                .run(grid);
    }

    @Override
    public void moments(View mean, View m2, View x) {
        columns(
                kernels.launch(KernelTable.MOMENTS, x.dtype())
                        .view(mean)
                        .view(m2)
                        .view(x),
                x);
    }

    @Override
    public void columnSquares(View out, View x) {
        columns(kernels.launch(KernelTable.COLUMN_SQUARES, x.dtype()).view(out).view(x), x);
    }

    private static void columns(Launch launch, View x) {
        Grid grid = Grid.columns(x.replicas(), x.dim(2));
        launch.size(x.replicas())
                .size(x.dim(1))
                .size(x.dim(2))
                .integer(grid.chunks())
                .run(grid);
    }

    @Override
    public void argmax(View index, View x) {
        kernels.launch(KernelTable.ARGMAX, x.dtype())
                .view(index)
                .view(x)
                .size(x.replicas())
                .size(x.dim(1))
                .size(x.dim(2))
                .run(Grid.groups(x.replicas() * x.dim(1), Grid.group(x.dim(2))));
    }

    @Override
    public void correct(View count, View x, View labels) {
        int group = Grid.group(x.dim(2));
        kernels.launch(KernelTable.CORRECT, x.dtype())
                .view(count)
                .view(x)
                .view(labels)
                .size(x.replicas())
                .size(x.dim(1))
                .size(x.dim(2))
                .integer(group)
                .run(Grid.wholeRows(x.replicas(), x.dim(1) * group));
    }

    @Override
    public void correlation(View rho, View teacher, View student) {
        long t = teacher.dim(2);
        long s = student.dim(2);
        View moments = scratch.doubles(student.replicas(), 2 * (t + s));
        View teacherMean = moments.slice(0, Shape.of(t));
        View teacherSquares = moments.slice(t, Shape.of(t));
        View studentMean = moments.slice(2 * t, Shape.of(s));
        View studentSquares = moments.slice(2 * t + s, Shape.of(s));
        moments(teacherMean, teacherSquares, teacher);
        moments(studentMean, studentSquares, student);
        Grid grid = Grid.rows(student.replicas() * t, s, 1);
        kernels.launch(KernelTable.CORRELATION, student.dtype())
                .view(rho)
                .view(teacher)
                .view(student)
                .view(teacherMean)
                .view(teacherSquares)
                .view(studentMean)
                .view(studentSquares)
                .size(student.replicas())
                .size(student.dim(1))
                .size(t)
                .size(s)
                .integer(grid.chunks())
                .run(grid);
    }

    /** Sums in two stages where a row is cut into chunks. */
    record Partials(Kernels kernels, Scratch scratch) {
        /** A first stage that writes one sum per chunk to {@code stage} F64 [R, chunks]. */
        @FunctionalInterface
        interface Stage {
            void into(View stage);
        }

        /** out[r] = scale * the sum of the chunks' sums; with one chunk the first stage writes out and scales itself. */
        void run(View out, Grid grid, double scale, Stage first) {
            if (grid.chunks() == 1) {
                first.into(out);
                return;
            }
            View stage = scratch.doubles(out.replicas(), grid.chunks());
            first.into(stage);
            kernels.launch(KernelTable.FINISH, DType.F64)
                    .view(out)
                    .view(stage)
                    .size(out.replicas())
                    .size(grid.chunks())
                    .number(scale)
                    .run(Grid.wholeRows(out.replicas(), grid.chunks()));
        }
    }
}

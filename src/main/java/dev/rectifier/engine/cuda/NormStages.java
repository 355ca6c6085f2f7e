package dev.rectifier.engine.cuda;

import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Moments;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.TangentMoments;
import dev.rectifier.engine.NormShape;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Launches of {@code norm.cu}: statistics, sums, and the table of the channels' constants. */
final class NormStages {
    /** Rows of the table (CONSTANTS in the kernels). */
    private static final int CONSTANTS = 14;

    private static final long LEAST = 4096;

    private final Kernels kernels;
    private final CudaMemory memory;
    private final Scratch scratch;
    private final Map<DType, GrowingBuffer> tables = new EnumMap<>(DType.class);

    NormStages(Kernels kernels, CudaMemory memory, Scratch scratch) {
        this.kernels = kernels;
        this.memory = memory;
        this.scratch = scratch;
    }

    /** Partial sums of a walk [R, parts, C, chunks], and room for their totals [R, parts, C]. */
    private record Stage(View partial, View totals) {}

    private Stage stage(View x, NormPlan.Walk walk, long parts) {
        long channels = x.dim(2);
        long pieces = parts * channels * walk.grid().chunks();
        View both = scratch.doubles(x.replicas(), pieces + parts * channels);
        return new Stage(both.slice(0, Shape.of(pieces)), both.slice(pieces, Shape.of(parts, channels)));
    }

    private static Launch sizes(Launch launch, View x) {
        NormShape shape = NormShape.of(x);
        return launch.size(x.replicas())
                .size(shape.examples())
                .size(shape.channels())
                .size(shape.places());
    }

    private static Launch walked(Launch launch, View x, NormPlan.Walk walk) {
        return sizes(launch, x)
                .size(walk.grid().chunkSize())
                .integer(walk.groups())
                .integer(walk.grid().chunks());
    }

    private static Grid warps(View x) {
        return Grid.groups(x.replicas() * x.dim(2), Grid.WARP);
    }

    /** Mean and variance of x. */
    void moments(View x, Moments out) {
        NormPlan.Walk walk = NormPlan.walk(x.replicas(), NormShape.of(x));
        Stage stage = stage(x, walk, 3);
        Launch first = kernels.launch(KernelTable.NORM_MOMENTS, x.dtype())
                .view(stage.partial)
                .view(x);
        walked(first, x, walk).run(walk.grid());
        kernels.launch(KernelTable.NORM_MOMENTS_FINISH, x.dtype())
                .view(out.mean())
                .view(out.variance())
                .view(stage.partial)
                .size(x.replicas())
                .size(x.dim(2))
                .size(walk.grid().chunks())
                .run(warps(x));
    }

    /** Where the totals of a sum are to go beside the scratch. */
    record Destination(Optional<TangentMoments> means, Optional<Affine> gradient) {}

    /** Totals [R, 2, C] of g and g xhat, by {@code table}. */
    View sums(View g, Optional<View> mask, View x, View table, Destination to) {
        NormPlan.Walk walk = NormPlan.walk(x.replicas(), NormShape.of(x));
        Stage stage = stage(x, walk, 2);
        Launch first = kernels.launch(KernelTable.NORM_SUMS, x.dtype())
                .view(stage.partial)
                .view(g)
                .view(mask)
                .view(x)
                .view(table);
        walked(first, x, walk).run(walk.grid());
        finish(stage, x, walk, to, 2);
        return stage.totals;
    }

    /**
     * The arrays of a backward pass in a direction.
     *
     * @param given evaluation mode
     */
    record Turned(View g, View tg, View x, View tx, boolean given) {}

    /** Totals [R, 4, C] of g, g xhat, tg, and tg xhat + g txhat. */
    View tangentSums(Turned of, View table, Affine gradient) {
        View x = of.x;
        NormPlan.Walk walk = NormPlan.walk(x.replicas(), NormShape.of(x));
        Stage stage = stage(x, walk, 4);
        Launch first = kernels.launch(KernelTable.NORM_TANGENT_SUMS, x.dtype())
                .view(stage.partial)
                .view(of.g)
                .view(of.tg)
                .view(x)
                .view(of.tx)
                .view(table);
        walked(first, x, walk).integer(of.given ? 1 : 0).run(walk.grid());
        finish(stage, x, walk, new Destination(Optional.empty(), Optional.of(gradient)), 4);
        return stage.totals;
    }

    private void finish(Stage stage, View x, NormPlan.Walk walk, Destination to, int parts) {
        kernels.launch(KernelTable.NORM_SUMS_FINISH, x.dtype())
                .view(stage.totals)
                .view(to.means.map(TangentMoments::mean))
                .view(to.means.map(TangentMoments::product))
                .view(to.gradient.map(Affine::scale))
                .view(to.gradient.map(Affine::shift))
                .view(stage.partial)
                .size(x.replicas())
                .size(x.dim(2))
                .size(NormShape.of(x).values())
                .size(walk.grid().chunks())
                .integer(parts)
                .run(warps(x));
    }

    /**
     * What a table is made of.
     *
     * @param sums totals of the backward pass, or of its tangent
     */
    record Sources(
            Normed of, Optional<View> sums, Optional<Direction> direction, Optional<TangentMoments> tangentMoments) {
        static Sources of(Normed of) {
            return new Sources(of, Optional.empty(), Optional.empty(), Optional.empty());
        }

        Sources withSums(View totals) {
            return new Sources(of, Optional.of(totals), direction, tangentMoments);
        }
    }

    /** The constants of all channels, [R, CONSTANTS, C] in the element type; the next call overwrites them. */
    View table(Sources from) {
        Normed of = from.of;
        View x = of.x();
        long channels = x.dim(2);
        CudaBuffer buffer = tables.computeIfAbsent(
                        x.dtype(), type -> new GrowingBuffer(memory, "constants of normalised channels", type, LEAST))
                .holding(Math.multiplyExact(x.replicas(), CONSTANTS * channels));
        View table = new View(buffer, 0, CONSTANTS * channels, Shape.of(x.replicas(), CONSTANTS, channels));
        Grid grid = Grid.rows(x.replicas(), channels, 1);
        kernels.launch(KernelTable.NORM_CONSTANTS, x.dtype())
                .view(table)
                .view(of.moments().mean())
                .view(of.moments().variance())
                .view(of.affine().scale())
                .view(of.affine().shift())
                .view(from.sums)
                .view(from.direction.map(d -> d.affine().scale()))
                .view(from.direction.map(d -> d.affine().shift()))
                .view(from.tangentMoments.map(TangentMoments::mean))
                .view(from.tangentMoments.map(TangentMoments::product))
                .size(x.replicas())
                .size(channels)
                .size(NormShape.of(x).values())
                .integer(grid.chunks())
                .number(of.eps())
                .run(grid);
        return table;
    }

    /** Runs an elementwise kernel that has its arrays; {@code given}: evaluation mode, for those that ask. */
    static void elements(Launch launch, View x, Optional<Boolean> given) {
        Grid grid = Grid.elementwise(x.replicas(), x.blockSize());
        Launch sized = sizes(launch, x).size(grid.chunkSize()).integer(grid.chunks());
        given.ifPresent(mode -> sized.integer(mode ? 1 : 0));
        sized.run(grid);
    }

    static Launch slabs(Launch launch, View x, NormPlan.Slabs slabs) {
        return sizes(launch, x).integer(slabs.channels()).integer(slabs.count());
    }
}

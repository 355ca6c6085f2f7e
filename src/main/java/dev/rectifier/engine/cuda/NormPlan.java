package dev.rectifier.engine.cuda;

import dev.rectifier.engine.NormShape;

/**
 * How the block of a replica is cut for batch normalisation: by its shape, never by R. Where a block of the device may have less
 * shared memory than {@link #LARGEST} and {@link #OWN}, by that as well, so bits may differ between device models, which nobody
 * promises alike. See {@code norm.cu} and {@code norm_tile.cu}.
 */
final class NormPlan {
    /** Bytes of a slab up to which more channels are put into it. */
    private static final int COMFORTABLE = 16 << 10;
    /** Bytes of a block's shared memory, so that two live on a large multiprocessor. */
    static final int LARGEST = 72 << 10;
    /** Static shared memory of the kernels, at most. */
    static final int OWN = 8 << 10;
    /** Rows of constants that a tile keeps. */
    private static final int CONSTANTS = 8;

    private static final int FILLING = 1024; // blocks to aim at for a replica
    private static final int LEAST_VALUES = 1 << 14;
    private static final int LEAST_EXAMPLES = 1 << 8;

    private NormPlan() {}

    /**
     * A cut into slabs of whole channels that fit shared memory.
     *
     * @param channels of a slab; 0 where none fits
     * @param count slabs of a replica
     * @param bytes of shared memory
     */
    record Slabs(int channels, int count, int bytes) {
        static final Slabs NONE = new Slabs(0, 0, 0);

        boolean fit() {
            return channels > 0;
        }
    }

    /**
     * A slab begins and ends at words of a mask or is the whole replica.
     *
     * @param width bytes of an element of all arrays that a tile keeps
     * @param element bytes of one element
     * @param limit bytes of shared memory for a block
     */
    static Slabs slabs(NormShape shape, int width, int element, int limit) {
        boolean aligned = shape.pitch() % Grid.WARP == 0;
        long unit = aligned ? Grid.WARP / Math.min(Grid.WARP, Long.lowestOneBit(shape.places())) : shape.channels();
        long bytes = shape.values() * width + (long) CONSTANTS * element;
        if (unit * bytes > Math.min(limit, LARGEST)) {
            return Slabs.NONE;
        }
        long channels = Math.min(shape.channels(), Math.max(unit, COMFORTABLE / bytes / unit * unit));
        return new Slabs(
                (int) channels, Math.toIntExact(Grid.ceilDiv(shape.channels(), channels)), (int) (channels * bytes));
    }

    /**
     * A cut of the sums over a channel.
     *
     * @param groups of channels
     * @param grid its blocks are replica, group, chunk; its chunk size is in values of a plane or in examples
     */
    record Walk(int groups, Grid grid) {}

    static Walk walk(long replicas, NormShape shape) {
        boolean planes = shape.places() >= Grid.WARP;
        long fold = Math.max(1, Grid.WARP / shape.pitch());
        long together = planes ? 1 : Math.min(shape.channels(), Grid.WARP / shape.places());
        long groups = Grid.ceilDiv(shape.channels(), together);
        long rows = planes ? shape.values() : Grid.ceilDiv(shape.examples(), fold);
        long most = Grid.ceilDiv(FILLING, groups);
        long pieces = Math.max(1, Math.min(most, rows / (planes ? LEAST_VALUES : LEAST_EXAMPLES)));
        long chunkSize = Math.max(1, Grid.ceilDiv(rows, pieces));
        int chunks = Math.toIntExact(Math.max(1, Grid.ceilDiv(rows, chunkSize))); // of no examples: one sum of none
        long blocks = Math.multiplyExact(Math.multiplyExact(replicas, groups), (long) chunks);
        Grid grid = new Grid(blocks, Grid.WARP, Grid.BLOCK / Grid.WARP, chunks, chunkSize);
        return new Walk(Math.toIntExact(groups), grid);
    }
}

package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How a block of {@code resident_block.cu} shares out its memory, and the words that tell it so ({@code BlockPlan} and
 * {@code Layer} there). Bytes: those words, 8 T, the elements of {@link ResidentBlockLayout}, 4 ceil(P / 32) with a mask.
 * Neither the chunk nor the threads change a bit.
 *
 * @param plan what is trained
 * @param chunk examples that are in shared memory at a time, at most N
 */
record ResidentBlockPlan(ResidentPlan plan, int chunk) {
    /** Shared memory of the kernel beside it, at most. */
    static final int STATIC_BYTES = 128;

    /** Fewer examples at a time leave threads idle; a guess. */
    static final int SMALL_CHUNK = 8;

    private static final int PLAN_WORDS = 17;
    private static final int ALIGNMENT = 16;
    private static final int FEWEST_THREADS = 64;
    private static final int MOST_THREADS = 512;
    private static final int SIDE = 4; // of the largest tile of outputs of a thread

    /** The plan with the largest chunk that fits {@code limit} bytes, in chunks as even as may be; empty if none does. */
    static Optional<ResidentBlockPlan> fitting(ResidentPlan plan, long limit) {
        int examples = plan.examples();
        return IntStream.iterate(examples, chunk -> chunk > 0, chunk -> chunk > SIDE ? below(chunk) : chunk - 1)
                .mapToObj(chunk -> new ResidentBlockPlan(plan, chunk))
                .filter(candidate -> candidate.sharedBytes() <= limit)
                .findFirst()
                .map(ResidentBlockPlan::even);
    }

    /** The next smaller multiple of the tile's side. */
    private static int below(int chunk) {
        return (chunk - 1) / SIDE * SIDE;
    }

    private ResidentBlockPlan even() {
        int examples = plan.examples();
        if (chunk <= SIDE || chunk == examples) {
            return this;
        }
        long even = Grid.ceilDiv(examples, Grid.ceilDiv(examples, chunk));
        return new ResidentBlockPlan(plan, Math.toIntExact(Grid.ceilDiv(even, SIDE) * SIDE));
    }

    private ResidentTask task() {
        return plan.task();
    }

    private Optional<ResidentNet> teacher() {
        return task().teacher().map(ResidentTask.Teacher::net);
    }

    private ResidentBlockLayout layout() {
        return new ResidentBlockLayout(task(), plan.examples(), chunk);
    }

    /** A thread per tile of the step's widest product, in whole warps. */
    int threads() {
        ResidentNet net = task().student();
        long tiles = IntStream.range(0, net.layers())
                .mapToLong(l -> Math.max(tiles(chunk, net.out(l), SIDE), tiles(net.out(l), net.in(l), SIDE)))
                .max()
                .orElseThrow();
        long warps = Grid.ceilDiv(tiles, Grid.WARP) * Grid.WARP;
        return (int) Math.max(FEWEST_THREADS, Math.min(MOST_THREADS, warps));
    }

    private static long tiles(long rows, long columns, int side) {
        return Grid.ceilDiv(rows, side) * Grid.ceilDiv(columns, side);
    }

    private long planBytes() {
        int layers =
                task().student().layers() + teacher().map(ResidentNet::layers).orElse(0);
        return aligned((PLAN_WORDS + (long) ResidentBlockLayout.LAYER_WORDS * layers) * Integer.BYTES);
    }

    private long memoryByte() {
        return planBytes() + aligned((long) threads() * Double.BYTES);
    }

    private long maskByte() {
        int element = task().state().parameters().weights().dtype().bytes();
        return memoryByte() + layout().elements() * element;
    }

    /** Bytes of shared memory of a block. */
    long sharedBytes() {
        boolean masked = task().state().parameters().mask().isPresent();
        long words = Grid.ceilDiv(task().student().parameters(), Integer.SIZE);
        return maskByte() + (masked ? words * Integer.BYTES : 0);
    }

    private static long aligned(long bytes) {
        return Grid.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    /** The plan for the kernel: I32 [1, words]. */
    HostTensor words(Feed feed) {
        ResidentBlockLayout layout = layout();
        List<Integer> layers = layout.words(this::tile);
        List<Integer> words = new ArrayList<>(List.of(
                PLAN_WORDS + layers.size(),
                task().student().layers(),
                teacher().map(ResidentNet::layers).orElse(0)));
        words.addAll(List.of(plan.lossCode(), plan.ruleCode(), plan.examples(), chunk, ResidentPlan.feedCode(feed)));
        words.addAll(List.of(plan.unitNorm(), Math.toIntExact(task().student().parameters())));
        words.addAll(layout.places());
        words.addAll(List.of(Math.toIntExact(planBytes()), Math.toIntExact(memoryByte()), Math.toIntExact(maskByte())));
        words.addAll(layers);
        return HostTensor.of(
                Shape.of(1, words.size()), words.stream().mapToInt(w -> w).toArray());
    }

    /**
     * Which tiles a product of {@code rows} by {@code columns} outputs is made of: 0 single outputs, 1 two by two, 2 four by
     * four. A round of tiles over all threads has a price in cycles per term of the sum, a guess: the larger tile reads less
     * for each product, the smaller one keeps more threads busy.
     */
    private int tile(long rows, long columns) {
        long single = rounds(tiles(rows, columns, 1)) * 5;
        long pairs = rounds(tiles(rows, columns, 2)) * 7;
        long quads = rounds(tiles(rows, columns, SIDE)) * 18;
        if (quads <= Math.min(single, pairs)) {
            return 2;
        }
        return pairs <= single ? 1 : 0;
    }

    private long rounds(long tiles) {
        return Grid.ceilDiv(tiles, threads());
    }
}

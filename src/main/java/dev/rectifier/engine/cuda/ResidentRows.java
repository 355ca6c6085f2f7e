package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.RowOrder;
import dev.rectifier.engine.RowRule;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/**
 * The row numbers of a stretch: by {@code resident_rows.cu} where the order has a rule, else made on the host and copied.
 * Owns the numbers of the last stretch and the streams of the last rule.
 */
final class ResidentRows {
    private static final long LEAST = 1024;
    private static final long MOST = 1 << 24; // numbers of one launch; a longer stretch is cut

    private final Kernels kernels;
    private final GrowingBuffer numbers;
    private final Staging copied;
    private final Staging streams;
    private Optional<RowRule> staged = Optional.empty();

    ResidentRows(Kernels kernels) {
        this.kernels = kernels;
        CudaMemory memory = kernels.context().memory();
        numbers = new GrowingBuffer(memory, "row numbers of resident training", DType.I32, LEAST);
        copied = new Staging(memory, "row numbers from the host", DType.I32);
        streams = new Staging(memory, "streams of row numbers", DType.I64);
    }

    private static long blocks(Feed.Rows feed, long replicas) {
        return feed.order().isShared() ? 1 : replicas;
    }

    /** Steps whose numbers are made at a time. */
    static int mostSteps(Feed.Rows feed, long replicas) {
        return (int) Math.max(1, MOST / (feed.examples() * blocks(feed, replicas)));
    }

    /** I32 [R, steps N], on the device. */
    View of(Feed.Rows feed, Stretch stretch, long replicas) {
        return feed.order()
                .rule()
                .map(rule -> made(rule, feed, stretch, replicas))
                .orElseGet(() -> copied.of(onHost(feed, stretch, replicas), replicas));
    }

    private View made(RowRule rule, Feed.Rows feed, Stretch stretch, long replicas) {
        long blocks = blocks(feed, replicas);
        long size = Math.multiplyExact((long) stretch.steps(), feed.examples());
        CudaBuffer buffer = numbers.holding(blocks * size);
        View rows = new View(buffer, 0, size, Shape.of(blocks, size));
        if (rule.kind() == RowRule.Kind.SHUFFLED) {
            shuffle(rule, feed, stretch, rows);
        } else {
            single(rule, feed, stretch, rows);
        }
        return new View(buffer, 0, blocks == 1 ? 0 : size, Shape.of(replicas, size));
    }

    private void single(RowRule rule, Feed.Rows feed, Stretch stretch, View rows) {
        Grid grid = Grid.rows(rows.replicas(), rows.blockSize(), 1);
        kernels.launch(KernelTable.RESIDENT_ROWS, DType.F32)
                .view(rows)
                .view(streams(rule))
                .size(rows.replicas())
                .size(rows.blockSize())
                .integer(grid.chunks())
                .size(stretch.first())
                .integer(code(rule.kind()))
                .integer(rule.examples())
                .integer(rule.batch())
                .integer(feed.examples())
                .run(grid);
    }

    private void shuffle(RowRule rule, Feed.Rows feed, Stretch stretch, View rows) {
        long epoch = Grid.ceilDiv(rule.examples(), rule.batch());
        long epochs = (stretch.first() + stretch.steps() - 1) / epoch - stretch.first() / epoch + 1;
        kernels.launch(KernelTable.RESIDENT_SHUFFLE, DType.F32)
                .view(rows)
                .view(streams(rule))
                .size(rows.replicas())
                .size(epochs)
                .size(stretch.first())
                .size(stretch.steps())
                .integer(rule.examples())
                .integer(rule.batch())
                .integer(feed.examples())
                .run(new Grid(rows.replicas() * epochs, Grid.WARP, 1, 1, 0));
    }

    private View streams(RowRule rule) {
        long blocks = rule.streams().shape().dim(0);
        if (staged.filter(last -> last.equals(rule)).isEmpty()) {
            staged = Optional.empty(); // until the copy has succeeded
            View fresh = streams.of(rule.streams(), blocks);
            staged = Optional.of(rule);
            return fresh;
        }
        return streams.last(blocks, 2);
    }

    private static int code(RowRule.Kind kind) {
        return switch (kind) {
            case SEQUENTIAL -> 0;
            case WITH_REPLACEMENT -> 1;
            case PERMUTED -> 2;
            case SHUFFLED -> throw new IllegalArgumentException("A shuffle makes whole epochs, not single rows.");
        };
    }

    /** I32 [R or 1, steps N]. */
    private static HostTensor onHost(Feed.Rows feed, Stretch stretch, long replicas) {
        RowOrder order = feed.order();
        int blocks = Math.toIntExact(blocks(feed, replicas));
        int examples = feed.examples();
        int[] all = new int[Math.multiplyExact(blocks, Math.multiplyExact(stretch.steps(), examples))];
        for (int s = 0; s < stretch.steps(); s++) {
            RowOrder.Step rows = order.at(stretch.first() + s);
            for (int r = 0; r < blocks; r++) {
                rows.write(all, (r * stretch.steps() + s) * examples, r);
            }
        }
        return HostTensor.of(Shape.of(blocks, (long) stretch.steps() * examples), all);
    }
}

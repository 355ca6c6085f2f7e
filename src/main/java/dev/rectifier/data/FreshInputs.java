package dev.rectifier.data;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Feed;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Streams;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Fresh inputs at every step, made on the device: element i of step s is number i of block s of the replica's stream.
 * Stands for infinite data.
 */
public final class FreshInputs implements DataSource {
    private final Engine engine;
    private final StreamSpec distribution;
    private final InputShape shape;
    private final Streams streams;
    private final Sharing sharing;
    private final View table;
    private final View stored;
    private final Batch batch;
    private final Feed feed;

    /**
     * A source for the replicas of {@code streams}.
     *
     * @param arena owns the buffers
     * @param sharing SHARED: all replicas see the numbers of the first of {@code streams}
     */
    public FreshInputs(
            Engine engine, Arena arena, StreamSpec distribution, InputShape shape, Streams streams, Sharing sharing) {
        this.engine = engine;
        this.distribution = distribution;
        this.shape = shape;
        this.streams = streams;
        this.sharing = sharing;
        long blocks = sharing.blocks(streams.replicas());
        table = arena.openArena("streams").upload(streams.table()).view().replicas(0, blocks);
        stored = arena.openArena("inputs of a batch")
                .allocate(shape.dtype(), shape.shape(blocks))
                .view();
        batch = new Batch(stored.seenBy(streams.replicas()), Optional.empty());
        feed = distribution.feed(table.seenBy(streams.replicas()), Math.toIntExact(shape.examples()));
    }

    @Override
    public long replicas() {
        return streams.replicas();
    }

    @Override
    public long inputs() {
        return shape.inputs();
    }

    @Override
    public DType dtype() {
        return shape.dtype();
    }

    @Override
    public long largestBatch() {
        return shape.examples();
    }

    @Override
    public long smallestBatch() {
        return shape.examples();
    }

    @Override
    public Batch batch(long step) {
        distribution.fill(engine, stored, table, step);
        return batch;
    }

    @Override
    public Optional<Function<Arena, RecordedBatches>> recorded() {
        return Optional.of(tables -> RecordedBatches.of(this));
    }

    @Override
    public Optional<Feed> feed(long step) {
        return Optional.of(feed);
    }

    @Override
    public long alike(long step, long most) {
        return most;
    }

    @Override
    public Map<String, String> describe() {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("data.source", "fresh " + distribution);
        text.put("data.batch", shape.toString());
        text.put("data.sharing", sharing.toString());
        text.put("data.streams", streams.toString());
        return text;
    }
}

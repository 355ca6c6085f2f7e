package dev.rectifier.data;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Feed;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Streams;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Minibatches of a {@link FiniteSet} in the order of a {@link BatchPlan}: row numbers are made on the host for the step at
 * hand (for whole stretches on the device, by the same rule), examples are gathered on the device. The whole set at every step is handed out as it is.
 */
public final class Minibatches implements DataSource {
    private final FiniteSet set;
    private final BatchPlan plan;
    private final Streams order;
    private final Sharing sharing;
    private final RowNumbers rows;
    private final Gathering full;
    private final Gathering last;
    private final Feed fullFeed;
    private final Feed lastFeed;

    /**
     * A source over {@code set}; buffers in {@code arena}.
     *
     * @param order streams that shuffle, one per replica of the set
     * @param sharing SHARED: all replicas take the order of the first stream
     */
    public Minibatches(Engine engine, Arena arena, FiniteSet set, BatchPlan plan, Streams order, Sharing sharing) {
        if (plan.examples() != set.examples() || order.replicas() != set.replicas()) {
            throw new IllegalArgumentException("A plan over " + plan.examples() + " examples with " + order.replicas()
                    + " orders does not fit a set of " + set.examples() + " examples for " + set.replicas()
                    + " replicas.");
        }
        this.set = set;
        this.plan = plan;
        this.order = order;
        this.sharing = sharing;
        rows = new RowNumbers(plan, order, sharing);
        full = gathering(engine, arena, plan.batch());
        last = plan.smallestBatch() == plan.batch() ? full : gathering(engine, arena, plan.smallestBatch());
        fullFeed = new Feed.Rows(set.x(), set.targets(), rows, plan.batch());
        lastFeed = new Feed.Rows(set.x(), set.targets(), rows, plan.smallestBatch());
    }

    private Gathering gathering(Engine engine, Arena arena, int size) {
        return plan.isWholeSet()
                ? new Gathering.Whole(new Batch(set.x(), set.targets()))
                : new Gathering.Rows(engine, arena, set, Math.toIntExact(sharing.blocks(set.replicas())), size);
    }

    public BatchPlan plan() {
        return plan;
    }

    @Override
    public long replicas() {
        return set.replicas();
    }

    @Override
    public long inputs() {
        return set.inputs();
    }

    @Override
    public DType dtype() {
        return set.dtype();
    }

    @Override
    public long largestBatch() {
        return plan.batch();
    }

    @Override
    public long smallestBatch() {
        return plan.smallestBatch();
    }

    @Override
    public Batch batch(long step) {
        return gathering(step).take(rows, step);
    }

    private Gathering gathering(long step) {
        return plan.size(step) == plan.batch() ? full : last;
    }

    @Override
    public Optional<Function<Arena, RecordedBatches>> recorded() {
        int orders = Math.toIntExact(sharing.blocks(set.replicas()));
        return Optional.of(tables ->
                plan.isWholeSet() ? RecordedBatches.of(this) : new Recorded(new RowWindow(tables, plan, rows, orders)));
    }

    private final class Recorded implements RecordedBatches {
        private final RowWindow window;

        Recorded(RowWindow window) {
            this.window = window;
        }

        @Override
        public long examples(long step) {
            return plan.size(step);
        }

        @Override
        public long ready(long step, long most) {
            return Math.min(plan.alike(step, most), window.ready(step));
        }

        @Override
        public void ahead(long step) {
            window.ahead(step);
        }

        @Override
        public Batch batch(long step) {
            return gathering(step).recorded(window, step);
        }
    }

    @Override
    public Optional<Feed> feed(long step) {
        return Optional.of(plan.size(step) == plan.batch() ? fullFeed : lastFeed);
    }

    @Override
    public long alike(long step, long most) {
        return plan.alike(step, most);
    }

    @Override
    public Map<String, String> describe() {
        Map<String, String> text = new LinkedHashMap<>(set.describe());
        text.put("data.source", "minibatches " + plan);
        text.put("data.order", order.toString());
        text.put("data.order.sharing", sharing.toString());
        return text;
    }
}

package dev.rectifier.data;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Streams;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Minibatches of a set of M inputs that is drawn anew for every epoch: epoch e walks through block e of the streams, so the
 * first epoch is that of {@link FiniteSet#drawn} and no input comes twice. Stands for infinite data; paired with a run on the
 * finite set, the two see the same steps up to the end of the first epoch. Buffers belong to the arena it was made in: M D
 * inputs, and those of {@link Minibatches}. Source: Luck Matters, «regenerated» data sets.
 */
public final class RedrawnSet implements DataSource {
    private final Engine engine;
    private final Drawing drawing;
    private final View stored;
    private final View table;
    private final Minibatches minibatches;
    private long drawn;

    /**
     * What is drawn.
     *
     * @param distribution of an input
     * @param shape type, M and D
     * @param streams per replica
     * @param sharing SHARED: one set, from the first stream, seen by all replicas
     */
    public record Drawing(StreamSpec distribution, InputShape shape, Streams streams, Sharing sharing) {
        FiniteSet first(Engine engine, Arena arena) {
            return FiniteSet.drawn(engine, arena, distribution, shape, streams, sharing);
        }
    }

    /**
     * A source for the replicas of {@code drawing.streams()}.
     *
     * @param order streams that shuffle
     * @param orderSharing SHARED: all replicas take the order of the first stream
     */
    public RedrawnSet(
            Engine engine, Arena arena, Drawing drawing, BatchPlan plan, Streams order, Sharing orderSharing) {
        this.engine = engine;
        this.drawing = drawing;
        FiniteSet set = drawing.first(engine, arena);
        long blocks = drawing.sharing().blocks(set.replicas());
        stored = set.x().replicas(0, blocks);
        table = arena.openArena("streams")
                .upload(drawing.streams().table())
                .view()
                .replicas(0, blocks);
        minibatches = new Minibatches(engine, arena, set, plan, order, orderSharing);
    }

    @Override
    public long replicas() {
        return minibatches.replicas();
    }

    @Override
    public long inputs() {
        return minibatches.inputs();
    }

    @Override
    public DType dtype() {
        return minibatches.dtype();
    }

    @Override
    public long largestBatch() {
        return minibatches.largestBatch();
    }

    @Override
    public long smallestBatch() {
        return minibatches.smallestBatch();
    }

    @Override
    public Batch batch(long step) {
        drawFor(step);
        return minibatches.batch(step);
    }

    private void drawFor(long step) {
        long epoch = minibatches.plan().epoch(step);
        if (epoch != drawn) {
            drawing.distribution().fill(engine, stored, table, epoch);
            drawn = epoch;
        }
    }

    @Override
    public Optional<Function<Arena, RecordedBatches>> recorded() {
        return minibatches.recorded().map(make -> tables -> new Recorded(make.apply(tables)));
    }

    /** Recorded batches of one epoch at a time, the set being drawn between them. */
    private final class Recorded implements RecordedBatches {
        private final RecordedBatches batches;

        Recorded(RecordedBatches batches) {
            this.batches = batches;
        }

        @Override
        public long examples(long step) {
            return batches.examples(step);
        }

        @Override
        public long ready(long step, long most) {
            drawFor(step);
            long perEpoch = minibatches.plan().stepsPerEpoch();
            return batches.ready(step, Math.min(most, perEpoch - step % perEpoch));
        }

        @Override
        public void ahead(long step) {
            batches.ahead(step);
        }

        @Override
        public Batch batch(long step) {
            return batches.batch(step);
        }
    }

    @Override
    public Map<String, String> describe() {
        Map<String, String> text = new LinkedHashMap<>(minibatches.describe());
        text.put("data.set.redrawn", "every epoch");
        return text;
    }
}

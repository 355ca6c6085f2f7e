package dev.rectifier.data;

import dev.rectifier.engine.RowOrder;
import dev.rectifier.engine.RowRule;
import dev.rectifier.tensor.Streams;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** The row numbers of a plan for all replicas. Keeps the orders of small sets while their epochs last. */
final class RowNumbers implements RowOrder {
    private final BatchPlan plan;
    private final long key;
    private final int[] ids;
    private final boolean shared;
    private final AtomicReferenceArray<Epoch> epochs;
    private final RowRule rule;

    /** An order, never changed, so that threads of one shared order may meet. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Epoch(long number, char[] order) {}

    /** SHARED: all replicas take the rows of the first stream. */
    RowNumbers(BatchPlan plan, Streams order, Sharing sharing) {
        this.plan = plan;
        key = order.node().key();
        shared = sharing == Sharing.SHARED;
        ids = IntStream.range(0, order.replicas())
                .map(r -> order.ids().get(shared ? 0 : r))
                .toArray();
        epochs = new AtomicReferenceArray<>(ids.length);
        rule = new RowRule(kind(), plan.examples(), plan.batch(), (shared ? order.only(0) : order).table());
    }

    private RowRule.Kind kind() {
        return switch (plan.order()) {
            case SEQUENTIAL -> RowRule.Kind.SEQUENTIAL;
            case WITH_REPLACEMENT -> RowRule.Kind.WITH_REPLACEMENT;
            case SHUFFLED -> plan.isSmallShuffle() ? RowRule.Kind.SHUFFLED : RowRule.Kind.PERMUTED;
        };
    }

    @Override
    public Optional<RowRule> rule() {
        return Optional.of(rule);
    }

    @Override
    public Step at(long step) {
        int first = (int) plan.firstPosition(step);
        int size = plan.size(step);
        if (plan.order() == BatchPlan.Order.SEQUENTIAL) {
            return (rows, at, replica) -> {
                for (int n = 0; n < size; n++) {
                    rows[at + n] = first + n;
                }
            };
        }
        if (!plan.isSmallShuffle()) {
            return (rows, at, replica) -> plan.rows(rows, at, key, ids[replica], step);
        }
        long epoch = plan.epoch(step);
        return (rows, at, replica) -> {
            char[] order = order(replica, epoch);
            for (int n = 0; n < size; n++) {
                rows[at + n] = order[first + n];
            }
        };
    }

    @Override
    public boolean isShared() {
        return shared;
    }

    private char[] order(int replica, long epoch) {
        Epoch kept = epochs.get(replica);
        if (kept == null || kept.number() != epoch) {
            kept = new Epoch(epoch, Shuffle.order(plan.examples(), key, ids[replica], epoch));
            epochs.set(replica, kept);
        }
        return kept.order();
    }
}

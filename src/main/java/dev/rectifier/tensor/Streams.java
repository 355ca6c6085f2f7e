package dev.rectifier.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * One stream of numbers per replica: the pairs (key, id) that name them. Replica {@code r} of a batch draws the same numbers
 * whatever its place in the batch and whoever runs beside it, since its numbers depend on (key, id) alone.
 *
 * @param node the purpose; its key is common to all replicas
 * @param ids per replica of the batch, its number in the whole ensemble; equal ids draw equal numbers
 */
public record Streams(SeedTree node, List<Integer> ids) {
    public Streams {
        ids = List.copyOf(ids);
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("Streams need at least one replica.");
        }
    }

    /** Ids {@code first .. first + count - 1}: a chunk of an ensemble. */
    public static Streams range(SeedTree node, int first, int count) {
        List<Integer> ids = new ArrayList<>(count);
        for (int id = first; id < first + count; id++) {
            ids.add(id);
        }
        return new Streams(node, ids);
    }

    /** One stream, of id 0: for what all replicas share. */
    public static Streams single(SeedTree node) {
        return range(node, 0, 1);
    }

    /** R: the number of replicas. */
    public int replicas() {
        return ids.size();
    }

    /** The stream of one replica of the batch alone. */
    public Streams only(int replica) {
        return new Streams(node, List.of(ids.get(replica)));
    }

    /** The same replicas under a sub-purpose. */
    public Streams child(String purpose) {
        return new Streams(node.child(purpose), ids);
    }

    /** Block {@code step} of the stream of replica {@code replica} of the batch. */
    public Philox block(int replica, long step) {
        return new Philox(node.key(), ids.get(replica), step);
    }

    /** The table that {@code RandomOps} reads: I64 [R, 2], key and id. */
    public HostTensor table() {
        long[] pairs = new long[2 * replicas()];
        for (int r = 0; r < replicas(); r++) {
            pairs[2 * r] = node.key();
            pairs[2 * r + 1] = ids.get(r);
        }
        return HostTensor.of(Shape.of(replicas(), 2), pairs);
    }

    /** Key and ids, consecutive ids as a range: the canonical text. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(Long.toHexString(node.key())).append(':');
        for (int from = 0; from < ids.size(); ) {
            int to = from;
            while (to + 1 < ids.size() && ids.get(to + 1) == ids.get(to) + 1) {
                to++;
            }
            text.append(from == 0 ? "" : ",").append(ids.get(from));
            if (to > from) {
                text.append("..").append(ids.get(to));
            }
            from = to + 1;
        }
        return text.toString();
    }
}

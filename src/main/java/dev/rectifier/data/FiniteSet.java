package dev.rectifier.data;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Digest;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * M examples on the device, made once: a training set to take {@link Minibatches} from, or an evaluation set. Owned by the
 * arena it was made in.
 */
public final class FiniteSet {
    private final View x;
    private final Optional<Targets> targets;
    private final Map<String, String> origin;

    /** What is known of the examples, on the device and, for labels, on the host too. */
    record Targets(View view, HostTensor host) {}

    private FiniteSet(View x, Optional<Targets> targets, Map<String, String> origin) {
        this.x = x;
        this.targets = targets;
        this.origin = Map.copyOf(origin);
    }

    /**
     * A set drawn from a distribution: block 0 of each stream.
     *
     * @param shape type, M and D
     * @param streams per replica
     * @param sharing SHARED: one set, from the first stream, seen by all replicas
     */
    public static FiniteSet drawn(
            Engine engine, Arena arena, StreamSpec distribution, InputShape shape, Streams streams, Sharing sharing) {
        long blocks = sharing.blocks(streams.replicas());
        View stored = arena.openArena("set")
                .allocate(shape.dtype(), shape.shape(blocks))
                .view();
        try (Arena scratch = arena.openArena("streams of a finite set")) {
            View table = scratch.upload(streams.table()).view().replicas(0, blocks);
            distribution.fill(engine, stored, table, 0);
            engine.synchronize();
        }
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("data.set", "drawn " + distribution + " " + shape);
        origin.put("data.set.sharing", sharing.toString());
        origin.put("data.set.streams", streams.toString());
        return new FiniteSet(stored.seenBy(streams.replicas()), Optional.empty(), origin);
    }

    /**
     * A set of given inputs.
     *
     * @param inputs [R, M, D], or [1, M, D] to be seen by all
     * @param replicas R
     */
    public static FiniteSet of(Arena arena, HostTensor inputs, long replicas) {
        requireBlocks("inputs", inputs, replicas, 3);
        View x = arena.openArena("set").upload(inputs).view().seenBy(replicas);
        return new FiniteSet(x, Optional.empty(), Map.of("data.set", "given " + Digest.of(inputs)));
    }

    /**
     * The same inputs with targets.
     *
     * @param values [R, M, K] of the inputs' type, or I32 labels [R, M]; a leading 1 instead of R is seen by all
     */
    public FiniteSet withTargets(Arena arena, HostTensor values) {
        requireBlocks("targets", values, replicas(), values.dtype() == DType.I32 ? 2 : 3);
        if (values.shape().dim(1) != examples()) {
            throw new IllegalArgumentException(
                    "Targets " + values + " do not fit a set of " + examples() + " examples.");
        }
        if (values.dtype() != DType.I32 && values.dtype() != dtype()) {
            throw new IllegalArgumentException("Targets are " + values.dtype() + ", inputs " + dtype()
                    + ": round the targets to the inputs' type.");
        }
        View view = arena.openArena("targets of the set").upload(values).view().seenBy(replicas());
        Map<String, String> labelled = new LinkedHashMap<>(origin);
        labelled.put("data.set.targets", Digest.of(values));
        return new FiniteSet(x, Optional.of(new Targets(view, values)), labelled);
    }

    private static void requireBlocks(String what, HostTensor values, long replicas, int rank) {
        Shape shape = values.shape();
        if (shape.rank() != rank || (shape.dim(0) != replicas && shape.dim(0) != 1)) {
            throw new IllegalArgumentException("The " + what + " of a finite set need " + rank + " axes, the first "
                    + replicas + " (replicas) or 1 (shared), not the shape " + shape + ".");
        }
    }

    /** R. */
    public long replicas() {
        return x.replicas();
    }

    /** M. */
    public int examples() {
        return Math.toIntExact(x.dim(1));
    }

    /** D. */
    public long inputs() {
        return x.dim(2);
    }

    public DType dtype() {
        return x.dtype();
    }

    /** All inputs: [R, M, D], shared if they are. Cut with {@link View#rows} to evaluate in pieces. */
    public View x() {
        return x;
    }

    /** All targets, if there are any: [R, M, K] or I32 [R, M]. */
    public Optional<View> targets() {
        return targets.map(Targets::view);
    }

    Optional<Targets> keptTargets() {
        return targets;
    }

    /** Where the numbers come from, as setting to value. */
    public Map<String, String> describe() {
        return new TreeMap<>(origin);
    }
}

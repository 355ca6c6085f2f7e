package dev.rectifier.model;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where the layers of a pass get their buffers when they are made. A space for fewer examples hands out the same buffers in
 * the same order, cut: so a layer says once what it needs, and knows nothing of smaller batches.
 */
final class Space {
    private final Arena arena;
    private final DType dtype;
    private final long replicas;
    private final long most;
    private final long examples;
    private final List<View> held;
    private final Map<Shape, View> scratch;
    private int next;

    private Space(Arena arena, DType dtype, long replicas, long examples, Space whole) {
        this.arena = arena;
        this.dtype = dtype;
        this.replicas = replicas;
        this.examples = examples;
        most = whole.most;
        held = whole.held;
        scratch = whole.scratch;
    }

    /** In {@code arena}, for so many replicas and examples. */
    Space(Arena arena, DType dtype, long replicas, long examples) {
        this.arena = arena;
        this.dtype = dtype;
        this.replicas = replicas;
        this.examples = examples;
        most = examples;
        held = new ArrayList<>();
        scratch = new HashMap<>();
        next = Integer.MAX_VALUE;
    }

    /** The same buffers for fewer examples; ask for them in the same order. */
    Space first(long fewer) {
        return new Space(arena, dtype, replicas, fewer, this);
    }

    /** N. */
    long examples() {
        return examples;
    }

    /** [R, N, ...]. */
    Shape shape(Shape example) {
        return example.prepend(examples).prepend(replicas);
    }

    /** [R, N, ...] of the element type. */
    View values(String purpose, Shape example) {
        return take(() -> fresh(purpose, dtype, example.prepend(examples))).rows(0, examples);
    }

    /** I32 [R, N, ...]. */
    View indices(String purpose, Shape example) {
        return take(() -> fresh(purpose, DType.I32, example.prepend(examples))).rows(0, examples);
    }

    /** A bit per element of [N, ...]: I32 [R, words]. */
    View mask(Shape example) {
        long words = PointwiseOps.maskWords(examples * example.size());
        return take(() -> fresh("gates", DType.I32, Shape.of(words))).slice(0, Shape.of(words));
    }

    /** F64 [R, ...]. */
    View moments(String purpose, Shape block) {
        return take(() -> fresh(purpose, DType.F64, block));
    }

    /** [R, N, ...] of zeros. */
    View zeroValues(Shape example) {
        return take(() -> arena.openArena("zeros")
                        .zeros(dtype, example.prepend(examples).prepend(replicas))
                        .view())
                .rows(0, examples);
    }

    /** [R, ...] of the element type. */
    View block(String purpose, Shape block) {
        return take(() -> fresh(purpose, dtype, block));
    }

    /** [R, ...] of one value, which all replicas share. */
    View constant(double value, Shape block) {
        HostTensor values = HostTensor.zeros(dtype, block.prepend(1));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, value);
        }
        return table("constants", values).seenBy(replicas);
    }

    /** What is uploaded once. */
    View table(String purpose, HostTensor values) {
        return take(() -> arena.openArena(purpose).upload(values).view());
    }

    /** [R, N, ...] for use within one operation of a layer; all layers share it. */
    View scratchValues(Shape example) {
        return scratch(example.prepend(most)).rows(0, examples);
    }

    /** [R, ...] for use within one operation of a layer; all layers share it. */
    View scratch(Shape block) {
        return scratch.computeIfAbsent(block, shape -> fresh("scratch of layers", dtype, shape));
    }

    private View take(Supplier<View> fresh) {
        if (next < held.size()) {
            return held.get(next++);
        }
        View view = fresh.get();
        held.add(view);
        return view;
    }

    private View fresh(String purpose, DType type, Shape block) {
        return arena.openArena(purpose).allocate(type, block.prepend(replicas)).view();
    }
}

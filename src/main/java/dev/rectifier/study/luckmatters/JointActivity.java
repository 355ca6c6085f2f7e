package dev.rectifier.study.luckmatters;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Shape;

/**
 * The share of N examples on which a node of one layer and a node of another are active together: D[r,i,j] = E[1_i 1_j], from
 * the bit masks of two forward passes. Gates are unpacked to 1 / sqrt(N), then D is one product: R N W_1 W_2 multiply-adds.
 * Buffers belong to the arena it was made in.
 */
final class JointActivity {
    private final Engine engine;
    private final View level;
    private final View otherLevel;
    private final View gates;
    private final View otherGates;
    private final View moments;

    /**
     * @param like activations [R, N, W_1]: shape and type alone matter
     * @param other activations [R, N, W_2]
     */
    JointActivity(Engine engine, Arena arena, View like, View other) {
        this.engine = engine;
        level = constant(engine, arena, like);
        otherLevel = constant(engine, arena, other);
        gates = arena.allocate(like.dtype(), like.shape()).view();
        otherGates = arena.allocate(other.dtype(), other.shape()).view();
        moments = arena.allocate(like.dtype(), Shape.of(like.replicas(), like.dim(2), other.dim(2)))
                .view();
    }

    private static View constant(Engine engine, Arena arena, View like) {
        View view = arena.allocate(like.dtype(), like.shape()).view();
        engine.pointwise().fill(view, 1 / Math.sqrt((double) like.dim(1)));
        return view;
    }

    /** Counts anew. */
    void refresh(View mask, View otherMask) {
        engine.pointwise().reluBackward(gates, level, mask);
        engine.pointwise().reluBackward(otherGates, otherLevel, otherMask);
        engine.dense().weightGradient(moments, gates, otherGates);
    }

    /** D [R, W_1, W_2]. */
    View moments() {
        return moments;
    }
}

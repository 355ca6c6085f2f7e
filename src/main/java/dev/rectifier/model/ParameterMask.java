package dev.rectifier.model;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.BitSet;

/**
 * Which parameters move: one bit each, the form {@code engine.Parameters} takes. The same for all replicas of the mask, or
 * one row per replica.
 *
 * <p>Mutable while being made; {@link #words} takes a copy.
 */
public final class ParameterMask {
    private final ParameterLayout layout;
    private final BitSet frozen = new BitSet();

    private ParameterMask(ParameterLayout layout) {
        this.layout = layout;
    }

    /** All parameters move. */
    public static ParameterMask allMove(ParameterLayout layout) {
        return new ParameterMask(layout);
    }

    /** Keeps weight and bias of layer {@code l} as they are. */
    public ParameterMask freezeLayer(int l) {
        for (ParameterLayout.Slot slot : layout.slots()) {
            if (slot.layer() == l) {
                frozen.set(Math.toIntExact(slot.offset()), Math.toIntExact(slot.offset() + slot.size()));
            }
        }
        return this;
    }

    /** Keeps one parameter as it is. */
    public ParameterMask freeze(long parameter) {
        frozen.set(Math.toIntExact(parameter));
        return this;
    }

    /** True if parameter {@code i} moves. */
    public boolean moves(long i) {
        return !frozen.get(Math.toIntExact(i));
    }

    /** The same bits for every one of R replicas: I32 [R, maskWords(P)]. */
    public HostTensor words(int replicas) {
        int perReplica = Math.toIntExact(PointwiseOps.maskWords(layout.size()));
        int[] words = new int[Math.multiplyExact(replicas, perReplica)];
        for (long i = 0; i < layout.size(); i++) {
            if (moves(i)) {
                for (int r = 0; r < replicas; r++) {
                    words[r * perReplica + (int) (i / 32)] |= 1 << (i % 32);
                }
            }
        }
        return HostTensor.of(Shape.of(replicas, perReplica), words);
    }
}

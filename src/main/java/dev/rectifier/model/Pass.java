package dev.rectifier.model;

import dev.rectifier.engine.Health;
import dev.rectifier.engine.View;
import java.util.List;

/**
 * Forward and backward passes of R networks over N examples in buffers of their own, made by {@link Network#pass}. Every pass is
 * a fixed sequence of operations; parameters may be shared by all replicas.
 */
public interface Pass {
    /** R. */
    long replicas();

    /** N: examples per replica. */
    long examples();

    /** The outputs [R, N, K] of the last forward pass. */
    View output();

    /**
     * The same buffers for fewer examples: a last, smaller batch. Shares all storage with this pass.
     *
     * @param examples 1 .. {@link #examples()}
     */
    Pass first(long examples);

    /**
     * Computes the outputs.
     *
     * @param x [R, N, D] or [R, N, ...] with D elements in all, may be shared
     * @param step numbers what is drawn at random; any where nothing is
     */
    void forward(NetworkValues at, View x, long step);

    /** Where nothing is drawn at random. */
    default void forward(NetworkValues at, View x) {
        forward(at, x, 0);
    }

    /**
     * Gradient of a loss after {@link #forward} with the same values and inputs.
     *
     * @param dOutput [R, N, K]: d loss / d output
     * @param gradient [R, P] out: summed over the N examples
     */
    void backward(NetworkValues at, View x, View dOutput, LayerViews gradient);

    /**
     * Moves the running moments towards those of the batch of the last forward pass in training; those of frozen replicas stay.
     * Nothing for a network without.
     *
     * @param state F64 [R, S] in and out
     */
    void track(LayerViews state, Health health);

    /** Names of the layers whose outputs can be looked at after a forward pass, bottom first. */
    List<String> activations();

    /**
     * The output of a layer, [R, N, ...]. A ReLU that follows a layer at once is computed with it, so the output of the pair goes
     * by the ReLU's name.
     *
     * @throws IllegalArgumentException if it is none of {@link #activations()}
     */
    View activation(String layer);
}

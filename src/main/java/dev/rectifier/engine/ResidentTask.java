package dev.rectifier.engine;

import java.util.List;
import java.util.Optional;

/**
 * What a {@link Resident} trains, and where its state lies.
 *
 * @param student the network
 * @param teacher who says the targets; empty: the feed carries them
 * @param loss terms of the loss
 * @param rule how a gradient becomes a step
 * @param state the buffers
 * @param unitNormLayers after every step, rows of these layers (with their biases) are divided by their norm
 */
public record ResidentTask(
        ResidentNet student,
        Optional<Teacher> teacher,
        LossKind loss,
        UpdateRule rule,
        State state,
        List<Integer> unitNormLayers) {

    /**
     * A network that says the targets.
     *
     * @param parameters [R, P], may be shared
     * @param answersLabel whether the target is the index of its largest output, for the cross-entropy
     */
    public record Teacher(ResidentNet net, View parameters, boolean answersLabel) {}

    /**
     * The buffers of an ensemble.
     *
     * @param parameters weights, gradient, optimiser state and mask
     * @param hyper F64 [R, {@link Hyper#count()}]
     * @param health which replicas train
     * @param loss F64 [R] out: of the last batch
     */
    public record State(Parameters parameters, View hyper, Health health, View loss) {}
}

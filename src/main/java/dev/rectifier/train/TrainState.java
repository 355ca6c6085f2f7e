package dev.rectifier.train;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.Network;
import dev.rectifier.model.NetworkValues;
import java.util.List;

/** What a {@link Listener} may look at, between two steps. Views are the trainer's own: read them, never write. */
public interface TrainState {
    /** Updates done so far: 0 before training, {@link #steps()} after the last. */
    long step();

    /** Updates in all. */
    long steps();

    /** R. */
    int replicas();

    Engine engine();

    /** The student. */
    Network network();

    /**
     * The student as a multilayer perceptron, for probes that look at its hidden layers one by one.
     *
     * @throws IllegalStateException if it is a chain of layers
     */
    default Mlp student() {
        if (network() instanceof Mlp mlp) {
            return mlp;
        }
        throw new IllegalStateException("This listener looks at the hidden layers of a multilayer perceptron, and the"
                + " student is a chain of layers: " + network().spec().words() + ". Leave it out.");
    }

    /** The student's numbers after {@link #step()} updates: {@link #parameters}, and running moments if it has any. */
    default NetworkValues values() {
        return NetworkValues.of(parameters());
    }

    /** Its parameters [R, P] after {@link #step()} updates, with their parts. */
    LayerViews parameters();

    /** Loss of the batch of the last update, before that update: F64 [R]; zeros before the first. */
    View loss();

    /** Gradient of the last update [R, P], as the optimiser got it; zeros before the first. */
    LayerViews gradient();

    /** One entry per replica, read from the device now. Waits for it. */
    List<ReplicaStatus> status();
}

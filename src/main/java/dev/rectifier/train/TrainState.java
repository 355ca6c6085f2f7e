package dev.rectifier.train;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Mlp;
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
    Mlp student();

    /** Its parameters [R, P] after {@link #step()} updates, with their parts. */
    LayerViews parameters();

    /** Loss of the batch of the last update, before that update: F64 [R]; zeros before the first. */
    View loss();

    /** Gradient of the last update [R, P], as the optimiser got it; zeros before the first. */
    LayerViews gradient();

    /** One entry per replica, read from the device now. Waits for it. */
    List<ReplicaStatus> status();
}

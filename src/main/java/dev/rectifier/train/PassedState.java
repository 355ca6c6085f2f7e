package dev.rectifier.train;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Network;
import java.util.List;

/**
 * A step that training has passed, as a listener that looks back sees it.
 *
 * @param now the training, further on
 * @param ring shows what was kept of the step
 * @param step which
 */
record PassedState(TrainState now, ProbeRing ring, long step) implements TrainState {
    @Override
    public long steps() {
        return now.steps();
    }

    @Override
    public int replicas() {
        return now.replicas();
    }

    @Override
    public Engine engine() {
        return now.engine();
    }

    @Override
    public Network network() {
        return now.network();
    }

    @Override
    public LayerViews parameters() {
        return ring.parameters();
    }

    @Override
    public View loss() {
        return ring.loss();
    }

    @Override
    public LayerViews gradient() {
        throw new IllegalStateException(
                "The gradient of step " + step + " is gone: a listener that looks at gradients must"
                        + " not say that it looks back (Listener.looksBack), so that training stands still for it.");
    }

    /** Who freezes stays frozen, so what is known now tells who was. */
    @Override
    public List<ReplicaStatus> status() {
        return now.status().stream()
                .map(status ->
                        status.step() < step ? status : new ReplicaStatus(status.replica(), FreezeCause.NONE, -1))
                .toList();
    }
}

package dev.rectifier.model;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import java.util.Optional;

/** A ReLU behind something that cannot compute it along. */
final class ReluLayer implements Layer {
    private final PointwiseOps pointwise;
    private final Gate gate;
    private final View y;
    private final Optional<View> ty;

    ReluLayer(Site site) {
        pointwise = site.engine().pointwise();
        gate = Gate.of(site);
        y = site.activation();
        ty = site.tangent();
    }

    @Override
    public View output() {
        return y;
    }

    @Override
    public Optional<View> mask() {
        return gate.mask();
    }

    @Override
    public void forward(NetworkValues at, View x, long step) {
        pointwise.relu(y, gate.mask().orElseThrow(), x);
    }

    @Override
    public View backward(NetworkValues at, View x, View dy, LayerViews gradient) {
        return gate.signal(dy);
    }

    @Override
    public View tangent(NetworkValues at, LayerViews direction, View x, View tx) {
        View out = ty.orElseThrow();
        pointwise.reluBackward(out, tx, gate.mask().orElseThrow());
        return out;
    }

    @Override
    public View backwardTangent(NetworkValues at, LayerViews direction, Duals duals, LayerViews gradient) {
        return gate.tangentOfSignal(duals.tdy());
    }
}

package dev.rectifier.model;

import dev.rectifier.engine.Health;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Moments;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.Signal;
import dev.rectifier.engine.NormOps.TangentMoments;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** Batch normalisation by the moments of the batch, as in training or where it is fixed, with the ReLU that may follow. */
final class NormLayer implements Layer {
    private final NormOps norm;
    private final NormParts parts;
    private final NormBuffers buffers;
    private final Gate gate;
    private final Moments batch;
    private final Optional<TangentMoments> tangents;
    private final long count;

    NormLayer(Site site, LayerSpec.BatchNorm spec) {
        norm = site.engine().norm();
        parts = NormParts.of(site, spec);
        gate = Gate.fused(site);
        buffers = NormBuffers.of(site);
        Space space = site.space();
        Shape channels = Shape.of(site.input().dim(0));
        batch = new Moments(space.moments("batch moments", channels), space.moments("batch moments", channels));
        tangents = site.isCurved()
                ? Optional.of(new TangentMoments(
                        space.moments("tangents of moments", channels), space.moments("tangents of moments", channels)))
                : Optional.empty();
        count = space.examples() * site.input().tail().size();
    }

    @Override
    public View output() {
        return buffers.y();
    }

    @Override
    public Optional<View> mask() {
        return gate.mask();
    }

    private Normed normed(NetworkValues at, View x) {
        return new Normed(x, batch, parts.scaling().at(at), parts.spec().eps());
    }

    @Override
    public void forward(NetworkValues at, View x, long step) {
        if (gate.mask().isPresent()) {
            norm.forwardRelu(buffers.y(), gate.mask().get(), normed(at, x));
        } else {
            norm.forward(buffers.y(), normed(at, x));
        }
    }

    @Override
    public View backward(NetworkValues at, View x, View dy, LayerViews gradient) {
        View dx = buffers.dx().orElseThrow();
        NormOps.Affine own = parts.scaling().gradient(gradient);
        if (gate.onTheWay().isPresent()) {
            norm.backwardRelu(dx, own, dy, gate.onTheWay().get(), normed(at, x));
        } else {
            norm.backward(dx, own, gate.signal(dy), normed(at, x));
        }
        return dx;
    }

    @Override
    public View tangent(NetworkValues at, LayerViews direction, View x, View tx) {
        View ty = buffers.ty().orElseThrow();
        norm.tangent(ty, tangents.orElseThrow(), along(direction, tx), normed(at, x));
        gate.applyTangent(ty);
        return ty;
    }

    private Direction along(LayerViews direction, View tx) {
        return new Direction(buffers.tangent(tx), parts.scaling().direction(direction));
    }

    @Override
    public View backwardTangent(NetworkValues at, LayerViews direction, Duals duals, LayerViews gradient) {
        View tdx = buffers.tdx().orElseThrow();
        Signal signal = new Signal(gate.signalAgain(duals.dy()), gate.tangentOfSignal(duals.tdy()));
        norm.backwardTangent(
                tdx,
                parts.scaling().gradient(gradient),
                signal,
                tangents.orElseThrow(),
                along(direction, duals.tx()),
                normed(at, duals.x()));
        return tdx;
    }

    @Override
    public void track(LayerViews state, Health health) {
        norm.track(parts.running(state), batch, parts.spec().momentum(), count, health);
    }
}

package dev.rectifier.model;

import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.Signal;
import dev.rectifier.engine.View;
import java.util.Optional;

/** Batch normalisation by running moments, which are constants, as in evaluation; with the ReLU that may follow. */
final class NormaliseLayer implements Layer {
    private final NormOps norm;
    private final NormParts parts;
    private final NormBuffers buffers;
    private final Gate gate;
    private final String path;

    NormaliseLayer(Site site, LayerSpec.BatchNorm spec) {
        norm = site.engine().norm();
        parts = NormParts.of(site, spec);
        gate = Gate.fused(site);
        buffers = NormBuffers.of(site);
        path = site.path();
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
        if (at.state().isEmpty()) {
            throw new IllegalArgumentException("Layer " + path
                    + " normalises by running moments, and none are given: NetworkValues needs a state.");
        }
        return new Normed(
                x,
                parts.running(at.state().get()),
                parts.scaling().at(at),
                parts.spec().eps());
    }

    @Override
    public void forward(NetworkValues at, View x, long step) {
        if (gate.mask().isPresent()) {
            norm.normaliseRelu(buffers.y(), gate.mask().get(), normed(at, x));
        } else {
            norm.normalise(buffers.y(), normed(at, x));
        }
    }

    @Override
    public View backward(NetworkValues at, View x, View dy, LayerViews gradient) {
        View dx = buffers.dx().orElseThrow();
        NormOps.Affine own = parts.scaling().gradient(gradient);
        if (gate.onTheWay().isPresent()) {
            norm.normaliseBackwardRelu(dx, own, dy, gate.onTheWay().get(), normed(at, x));
        } else {
            norm.normaliseBackward(dx, own, gate.signal(dy), normed(at, x));
        }
        return dx;
    }

    @Override
    public View tangent(NetworkValues at, LayerViews direction, View x, View tx) {
        View ty = buffers.ty().orElseThrow();
        norm.normaliseTangent(ty, along(direction, tx), normed(at, x));
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
        norm.normaliseBackwardTangent(
                tdx, parts.scaling().gradient(gradient), signal, along(direction, duals.tx()), normed(at, duals.x()));
        return tdx;
    }
}

package dev.rectifier.model;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Streams;
import java.util.Optional;

/** Dropout in training: one mask per step and replica, drawn in the forward pass; linear, so every derivative is the same gate. */
final class DropoutLayer implements Layer {
    private final Engine engine;
    private final double keep;
    private final View streams;
    private final View mask;
    private final View y;
    private final Optional<View> dx;
    private final Optional<View> ty;
    private final Optional<View> tdx;

    DropoutLayer(Site site, LayerSpec.Dropout spec) {
        engine = site.engine();
        keep = 1 - spec.rate();
        Streams noise = site.kind().noise().orElseThrow().child(site.path());
        streams = site.space().table("streams of dropout", noise.table());
        mask = site.space().mask(site.output());
        y = site.activation();
        dx = site.signal();
        ty = site.tangent();
        tdx = site.tangentOfSignal();
    }

    @Override
    public View output() {
        return y;
    }

    private View gate(View out, View in) {
        engine.pointwise().gate(out, in, mask, 1 / keep);
        return out;
    }

    @Override
    public void forward(NetworkValues at, View x, long step) {
        engine.random().keep(mask, streams, step, y.blockSize(), keep);
        gate(y, x);
    }

    @Override
    public View backward(NetworkValues at, View x, View dy, LayerViews gradient) {
        return gate(dx.orElseThrow(), dy);
    }

    @Override
    public View tangent(NetworkValues at, LayerViews direction, View x, View tx) {
        return gate(ty.orElseThrow(), tx);
    }

    @Override
    public View backwardTangent(NetworkValues at, LayerViews direction, Duals duals, LayerViews gradient) {
        return gate(tdx.orElseThrow(), duals.tdy());
    }
}

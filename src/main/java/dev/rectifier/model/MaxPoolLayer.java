package dev.rectifier.model;

import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.View;
import java.util.Optional;

/** The largest of each window; its derivatives go by the places chosen in the forward pass. */
final class MaxPoolLayer implements Layer {
    private final PoolOps pool;
    private final PoolOps.Window window;
    private final View index;
    private final View y;
    private final Optional<View> dx;
    private final Optional<View> ty;
    private final Optional<View> tdx;

    MaxPoolLayer(Site site, LayerSpec.MaxPool spec) {
        pool = site.engine().pool();
        window = new PoolOps.Window(spec.size(), spec.stride(), spec.padding());
        index = site.space().indices("places of maxima", site.output());
        y = site.activation();
        dx = site.signal();
        ty = site.tangent();
        tdx = site.tangentOfSignal();
    }

    @Override
    public View output() {
        return y;
    }

    @Override
    public void forward(NetworkValues at, View x, long step) {
        pool.max(y, index, x, window);
    }

    @Override
    public View backward(NetworkValues at, View x, View dy, LayerViews gradient) {
        View out = dx.orElseThrow();
        pool.maxBackward(out, dy, index, window);
        return out;
    }

    @Override
    public View tangent(NetworkValues at, LayerViews direction, View x, View tx) {
        View out = ty.orElseThrow();
        pool.pick(out, tx, index);
        return out;
    }

    @Override
    public View backwardTangent(NetworkValues at, LayerViews direction, Duals duals, LayerViews gradient) {
        View out = tdx.orElseThrow();
        pool.maxBackward(out, duals.tdy(), index, window);
        return out;
    }
}

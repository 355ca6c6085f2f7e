package dev.rectifier.model;

import dev.rectifier.engine.View;
import dev.rectifier.engine.WeightNormOps;
import dev.rectifier.engine.WeightNormOps.Factors;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** w = g v / |v|, with the weight, its gradient and their tangents in buffers of its own. */
final class NormalisedWeights implements Weights {
    private final WeightNormOps ops;
    private final int g;
    private final int v;
    private final View w;
    private final View norm;
    private final Optional<View> dw;
    private final Optional<View> tw;
    private final Optional<View> tdw;

    NormalisedWeights(Site site, Shape weight) {
        ops = site.engine().weightNorm();
        g = site.slots().parameter();
        v = site.slots().parameter();
        Space space = site.space();
        w = space.block("normalised weights", weight);
        norm = space.moments("lengths of weights", Shape.of(weight.dim(0)));
        dw = wanted(space, site.kind().gives(PassKind.Derivatives.GRADIENT), "gradient of normalised weights", weight);
        tw = wanted(space, site.isCurved(), "tangent of normalised weights", weight);
        tdw = wanted(space, site.isCurved(), "tangent of their gradient", weight);
    }

    private static Optional<View> wanted(Space space, boolean wanted, String purpose, Shape weight) {
        return wanted ? Optional.of(space.block(purpose, weight)) : Optional.empty();
    }

    private Factors factors(LayerViews views) {
        View lengths = views.part(g);
        return new Factors(views.part(v), lengths.reshape(Shape.of(lengths.blockSize())));
    }

    @Override
    public void forward(NetworkValues at) {
        ops.forward(w, norm, factors(at.parameters()));
    }

    @Override
    public View value(NetworkValues at) {
        return w;
    }

    @Override
    public View gradient(LayerViews gradient) {
        return dw.orElseThrow();
    }

    @Override
    public void backward(NetworkValues at, LayerViews gradient) {
        ops.backward(factors(gradient), dw.orElseThrow(), factors(at.parameters()), norm);
    }

    @Override
    public View direction(LayerViews direction) {
        return tw.orElseThrow();
    }

    @Override
    public void tangent(NetworkValues at, LayerViews direction) {
        ops.tangent(tw.orElseThrow(), factors(at.parameters()), norm, factors(direction));
    }

    @Override
    public View gradientTangent(LayerViews gradient) {
        return tdw.orElseThrow();
    }

    @Override
    public void backwardTangent(NetworkValues at, LayerViews direction, LayerViews gradient) {
        WeightNormOps.Signal signal = new WeightNormOps.Signal(dw.orElseThrow(), tdw.orElseThrow());
        ops.backwardTangent(factors(gradient), signal, factors(at.parameters()), norm, factors(direction));
    }
}

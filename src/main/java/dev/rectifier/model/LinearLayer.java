package dev.rectifier.model;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** y = w x + b, dense or a convolution, with the ReLU that may follow. Bilinear: every derivative is made of its three products. */
final class LinearLayer implements Layer {
    private final Product product;
    private final PointwiseOps pointwise;
    private final Weights weights;
    private final Optional<Integer> bias;
    private final Gate gate;
    private final Optional<View> below;
    private final View y;
    private final Optional<View> dx;
    private final Optional<View> ty;
    private final Optional<View> tdx;
    private final Optional<Scratch> scratch;

    /** For second terms of sums: like y, x and w. */
    private record Scratch(View y, View x, View w) {
        static Scratch of(Site site, Shape weight) {
            return new Scratch(
                    site.space().scratchValues(site.output()),
                    site.space().scratchValues(site.input()),
                    site.space().scratch(weight));
        }
    }

    LinearLayer(Site site, Product product, Weights weights, Optional<Integer> bias) {
        this.product = product;
        this.weights = weights;
        this.bias = bias;
        pointwise = site.engine().pointwise();
        below = site.inputMask();
        gate = Gate.of(site);
        y = site.activation();
        dx = site.signal();
        ty = site.tangent();
        tdx = site.tangentOfSignal();
        scratch =
                tdx.map(out -> Scratch.of(site, ((LayerSpec.Linear) site.unit().layer()).weight(site.input())));
    }

    @Override
    public View output() {
        return y;
    }

    @Override
    public Optional<View> mask() {
        return gate.mask();
    }

    private Optional<View> bias(LayerViews of) {
        return bias.map(of::part);
    }

    @Override
    public void forward(NetworkValues at, View x, long step) {
        weights.forward(at);
        View w = weights.value(at);
        Optional<View> b = bias(at.parameters());
        if (gate.mask().isPresent()) {
            product.forwardRelu(y, gate.mask().get(), x, w, b);
        } else {
            product.forward(y, x, w, b);
        }
    }

    @Override
    public View backward(NetworkValues at, View x, View dy, LayerViews gradient) {
        View dz = gate.signal(dy);
        product.weightGradient(weights.gradient(gradient), bias(gradient), dz, x);
        weights.backward(at, gradient);
        if (dx.isEmpty()) {
            return dy;
        }
        product.inputGradient(dx.get(), dz, weights.value(at), below);
        return dx.get();
    }

    @Override
    public View tangent(NetworkValues at, LayerViews direction, View x, View tx) {
        View out = ty.orElseThrow();
        weights.tangent(at, direction);
        product.forward(out, x, weights.direction(direction), bias(direction));
        if (scratch.isPresent()) {
            View through = scratch.get().y();
            product.forward(through, tx, weights.value(at), Optional.empty());
            pointwise.axpy(out, 1, through);
        }
        gate.applyTangent(out);
        return out;
    }

    @Override
    public View backwardTangent(NetworkValues at, LayerViews direction, Duals duals, LayerViews gradient) {
        View dz = gate.signalAgain(duals.dy());
        View tdz = gate.tangentOfSignal(duals.tdy());
        View tdw = weights.gradientTangent(gradient);
        product.weightGradient(tdw, bias(gradient), tdz, duals.x());
        if (scratch.isPresent()) {
            View other = scratch.get().w();
            product.weightGradient(other, Optional.empty(), dz, duals.tx());
            pointwise.axpy(tdw, 1, other);
        }
        weights.backwardTangent(at, direction, gradient);
        return tdx.isPresent() ? signalTangent(at, direction, dz, tdz) : duals.tdy();
    }

    private View signalTangent(NetworkValues at, LayerViews direction, View dz, View tdz) {
        View out = tdx.orElseThrow();
        product.inputGradient(out, tdz, weights.value(at), below);
        View other = scratch.orElseThrow().x();
        product.inputGradient(other, dz, weights.direction(direction), below);
        pointwise.axpy(out, 1, other);
        return out;
    }
}

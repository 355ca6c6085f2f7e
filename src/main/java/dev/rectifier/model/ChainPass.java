package dev.rectifier.model;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Passes of a chain of layers. Beside forward and backward it has both halves of the R-operator: after those two, {@link
 * #tangent} gives J v and {@link #backwardTangent} the tangent of the gradient, each about as dear as the pass it belongs to,
 * and both can be repeated for other directions. With t = H J v, H the loss's second derivative in the outputs:
 *
 * <ul>
 *   <li>Hessian product: {@code tangent(v)}, then {@code backwardTangent(v)} of t;
 *   <li>Gauss-Newton product: {@code tangent(v)}, then {@code backward} of t.
 * </ul>
 *
 * <p>Source of the formulas: Pearlmutter 1994, layer by layer.
 */
public final class ChainPass implements Pass {
    private final Engine engine;
    private final ChainSpec spec;
    private final PassKind kind;
    private final Space space;
    private final Units units;
    private final View output;

    ChainPass(Engine engine, ChainSpec spec, PassKind kind, Space space) {
        this.engine = engine;
        this.spec = spec;
        this.kind = kind;
        this.space = space;
        units = new Units.Ground(engine, kind, space, new Site.Slots()).units(spec);
        output = units.output().reshape(space.shape(Shape.of(spec.outputs())).tail());
    }

    @Override
    public long replicas() {
        return output.replicas();
    }

    @Override
    public long examples() {
        return output.dim(1);
    }

    @Override
    public View output() {
        return output;
    }

    @Override
    public ChainPass first(long examples) {
        if (examples < 1 || examples > examples()) {
            throw new IllegalArgumentException(
                    "This pass holds " + examples() + " examples; it cannot be narrowed to " + examples + ".");
        }
        return examples == examples() ? this : new ChainPass(engine, spec, kind, space.first(examples));
    }

    @Override
    public void forward(NetworkValues at, View x, long step) {
        units.forward(at, x, step);
    }

    @Override
    public void backward(NetworkValues at, View x, View dOutput, LayerViews gradient) {
        require(PassKind.Derivatives.GRADIENT);
        units.backward(at, dOutput, gradient);
    }

    /**
     * J v: how the outputs move when the parameters move along {@code direction}; after {@link #forward}.
     *
     * @param direction [R, P], may be shared
     * @return [R, N, K], this pass's own
     */
    public View tangent(NetworkValues at, LayerViews direction) {
        require(PassKind.Derivatives.CURVATURE);
        View inputs = output; // do not move, so no layer looks at their tangent
        return units.tangent(at, direction, inputs).reshape(output.shape().tail());
    }

    /**
     * How the gradient moves along {@code direction}; after {@link #backward} of the loss's own gradient and {@link #tangent}. A
     * backward pass of anything else in between, as for a Gauss-Newton product, takes its place: repeat the loss's own.
     *
     * @param tdOutput [R, N, K]: how d loss / d output moves
     * @param product [R, P] out
     */
    public void backwardTangent(NetworkValues at, LayerViews direction, View tdOutput, LayerViews product) {
        require(PassKind.Derivatives.CURVATURE);
        units.backwardTangent(at, direction, tdOutput, product);
    }

    private void require(PassKind.Derivatives asked) {
        if (!kind.gives(asked)) {
            throw new IllegalStateException("This pass was made for derivatives " + kind.derivatives()
                    + "; make one for " + asked + " (PassKind.withDerivatives).");
        }
    }

    @Override
    public void track(LayerViews state, Health health) {
        units.track(state, health);
    }

    @Override
    public List<String> activations() {
        return List.copyOf(named().keySet());
    }

    @Override
    public View activation(String layer) {
        Map<String, View> named = named();
        View view = named.get(layer);
        if (view == null) {
            throw new IllegalArgumentException("This pass keeps no output of a layer \"" + layer + "\", only of "
                    + named.keySet() + ": a layer that a ReLU follows is computed with it.");
        }
        return view;
    }

    private Map<String, View> named() {
        Map<String, View> named = new LinkedHashMap<>();
        units.name("", named);
        return named;
    }
}

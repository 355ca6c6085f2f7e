package dev.rectifier.model;

import dev.rectifier.engine.Health;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import java.util.Map;
import java.util.Optional;

/**
 * y = body(x) + shortcut(x), with the ReLU that may follow. Where both branches lead to x, the shortcut's signal is added to the
 * body's.
 */
final class ResidualLayer implements Layer {
    private final PointwiseOps pointwise;
    private final Units body;
    private final Optional<Units> shortcut;
    private final boolean inputMoves;
    private final Gate gate;
    private final View y;
    private final Optional<View> ty;

    ResidualLayer(Site site, LayerSpec.Residual block) {
        pointwise = site.engine().pointwise();
        inputMoves = site.inputMoves();
        gate = Gate.of(site);
        body = Units.inside(site, block.body());
        shortcut = block.shortcut().isEmpty() ? Optional.empty() : Optional.of(Units.inside(site, block.shortcut()));
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
        body.forward(at, x, step);
        shortcut.ifPresent(past -> past.forward(at, x, step));
        add(y, body.output(), shortcut.isPresent() ? shortcut.get().output() : x);
        gate.apply(y);
    }

    private void add(View sum, View a, View b) {
        pointwise.copy(sum, a.reshape(sum.shape().tail()));
        pointwise.axpy(sum, 1, b.reshape(sum.shape().tail()));
    }

    @Override
    public View backward(NetworkValues at, View x, View dy, LayerViews gradient) {
        View dz = gate.signal(dy);
        View dx = body.backward(at, dz, gradient);
        View past = shortcut.isPresent() ? shortcut.get().backward(at, dz, gradient) : dz;
        return joined(dx, past);
    }

    /** The body's signal is its first layer's own, so the sum may stand there. */
    private View joined(View dx, View past) {
        if (inputMoves) {
            pointwise.axpy(dx, 1, past.reshape(dx.shape().tail()));
        }
        return dx;
    }

    @Override
    public View tangent(NetworkValues at, LayerViews direction, View x, View tx) {
        View out = ty.orElseThrow();
        pointwise.fill(out, 0);
        addMoving(out, body, body.tangent(at, direction, tx));
        if (shortcut.isPresent()) {
            addMoving(out, shortcut.get(), shortcut.get().tangent(at, direction, tx));
        } else if (inputMoves) {
            pointwise.axpy(out, 1, tx.reshape(out.shape().tail()));
        }
        gate.applyTangent(out);
        return out;
    }

    private void addMoving(View sum, Units branch, View tangent) {
        if (branch.moves()) {
            pointwise.axpy(sum, 1, tangent.reshape(sum.shape().tail()));
        }
    }

    @Override
    public View backwardTangent(NetworkValues at, LayerViews direction, Duals duals, LayerViews gradient) {
        View tdz = gate.tangentOfSignal(duals.tdy());
        View tdx = body.backwardTangent(at, direction, tdz, gradient);
        View past = shortcut.isPresent() ? shortcut.get().backwardTangent(at, direction, tdz, gradient) : tdz;
        return joined(tdx, past);
    }

    @Override
    public void track(LayerViews state, Health health) {
        body.track(state, health);
        shortcut.ifPresent(past -> past.track(state, health));
    }

    @Override
    public void name(String path, Map<String, View> activations) {
        body.name(path + ".", activations);
        shortcut.ifPresent(past -> past.name(path + ".", activations));
        activations.put(path, y);
    }
}

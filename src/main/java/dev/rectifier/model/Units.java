package dev.rectifier.model;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.View;
import dev.rectifier.model.Layer.Duals;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The layers of a chain, or of a branch of a residual block, with what passes between them. */
final class Units {
    private final List<Unit> plan;
    private final List<Layer> layers = new ArrayList<>();
    private final List<Shape> inputs = new ArrayList<>();
    private final List<Shape> outputs = new ArrayList<>();
    private final View[] x;
    private final View[] tx;
    private final View[] dy;
    private final boolean inputMoves;
    private final int firstMoving;

    /** What all layers of a network share. */
    record Ground(Engine engine, PassKind kind, Space space, Site.Slots slots) {
        /** The layers of a whole network. */
        Units units(ChainSpec spec) {
            return new Units(this, "", Unit.plan(spec.layers(), spec.input(), kind.mode()), false);
        }
    }

    /** Those of a branch of a block that stands at {@code site}. */
    static Units inside(Site site, List<NamedLayer> branch) {
        Ground ground = new Ground(site.engine(), site.kind(), site.space(), site.slots());
        return new Units(
                ground,
                site.path() + ".",
                Unit.plan(branch, site.input(), site.kind().mode()),
                site.inputMoves());
    }

    private Units(Ground ground, String prefix, List<Unit> plan, boolean inputMoves) {
        this.plan = plan;
        this.inputMoves = inputMoves;
        boolean moves = inputMoves;
        int still = 0;
        Optional<View> mask = Optional.empty();
        for (Unit unit : plan) {
            int before = ground.slots().parameters();
            Site site = new Site(
                    ground.engine(),
                    ground.kind(),
                    ground.space(),
                    unit,
                    prefix + unit.layerName(),
                    moves,
                    mask,
                    ground.slots());
            Layer layer = Layers.of(site);
            add(ground.space(), unit, layer);
            moves |= ground.slots().parameters() > before;
            still += moves ? 0 : 1;
            mask = unit.gatedByNext() ? layer.mask() : Optional.empty();
        }
        firstMoving = still;
        x = new View[plan.size()];
        tx = new View[plan.size()];
        dy = new View[plan.size()];
        for (int i = 1; i < x.length; i++) {
            x[i] = layers.get(i - 1).output().reshape(inputs.get(i).tail());
        }
    }

    private void add(Space space, Unit unit, Layer layer) {
        layers.add(layer);
        inputs.add(space.shape(unit.input()));
        outputs.add(space.shape(unit.output()));
    }

    /** The same elements in the extents a layer works in. */
    private static View as(View view, Shape shape) {
        return view.shape().equals(shape) ? view : view.reshape(shape.tail());
    }

    /** Whether its output depends on parameters, here or before. */
    boolean moves() {
        return firstMoving < layers.size();
    }

    View output() {
        return layers.get(layers.size() - 1).output();
    }

    void forward(NetworkValues at, View input, long step) {
        x[0] = as(input, inputs.get(0));
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).forward(at, x[i], step);
        }
    }

    /** Returns d loss / d input, where the input moves. */
    View backward(NetworkValues at, View dOutput, LayerViews gradient) {
        View signal = dOutput;
        for (int i = layers.size() - 1; i >= firstMoving; i--) {
            dy[i] = as(signal, outputs.get(i));
            signal = layers.get(i).backward(at, x[i], dy[i], gradient);
        }
        return signal;
    }

    /** Returns the tangent of the output, where the output moves. */
    View tangent(NetworkValues at, LayerViews direction, View inputTangent) {
        View tangent = inputTangent;
        for (int i = firstMoving; i < layers.size(); i++) {
            boolean still = i == firstMoving && !inputMoves; // then nobody looks at it
            tx[i] = still ? x[i] : as(tangent, inputs.get(i));
            tangent = layers.get(i).tangent(at, direction, x[i], tx[i]);
        }
        return tangent;
    }

    /** Returns the tangent of d loss / d input, where the input moves. */
    View backwardTangent(NetworkValues at, LayerViews direction, View tdOutput, LayerViews gradient) {
        View signal = tdOutput;
        for (int i = layers.size() - 1; i >= firstMoving; i--) {
            Duals duals = new Duals(x[i], tx[i], dy[i], as(signal, outputs.get(i)));
            signal = layers.get(i).backwardTangent(at, direction, duals, gradient);
        }
        return signal;
    }

    void track(LayerViews state, Health health) {
        layers.forEach(layer -> layer.track(state, health));
    }

    /** Adds what can be looked at, by name. */
    void name(String prefix, Map<String, View> activations) {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).name(prefix + plan.get(i).name(), activations);
        }
    }
}

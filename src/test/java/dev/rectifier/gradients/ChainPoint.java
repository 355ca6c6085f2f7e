package dev.rectifier.gradients;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.View;
import dev.rectifier.model.Chain;
import dev.rectifier.model.ChainPass;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.ParameterLayout.Kind;
import dev.rectifier.model.ParameterLayout.Slot;
import dev.rectifier.model.PassKind;
import dev.rectifier.model.PassKind.Derivatives;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * R chains of layers at a point, with the loss |f - targets|^2 / 2 summed over examples; all in fp64.
 *
 * @param parameters [R, P]
 * @param state F64 [R, S]
 * @param direction v, [R, P]
 */
record ChainPoint(
        String name,
        ChainSpec spec,
        Mode mode,
        HostTensor parameters,
        HostTensor state,
        HostTensor x,
        HostTensor targets,
        HostTensor direction) {
    static final int REPLICAS = 2;
    static final int EXAMPLES = 5;

    static ChainPoint draw(String name, ChainSpec spec, Mode mode) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        HostTensor parameters = uniform(random, spec.layout().size());
        HostTensor state = uniform(random, spec.state().size());
        for (int r = 0; r < REPLICAS; r++) {
            keepAway(spec, parameters, state, r);
        }
        return new ChainPoint(
                name,
                spec,
                mode,
                parameters,
                state,
                uniform(random, EXAMPLES, spec.inputs()),
                uniform(random, EXAMPLES, spec.outputs()),
                uniform(random, spec.layout().size()));
    }

    private static HostTensor uniform(SplittableRandom random, long... extents) {
        HostTensor tensor = HostTensor.zeros(DType.F64, Shape.of(extents).prepend(REPLICAS));
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, random.nextDouble(-1, 1));
        }
        return tensor;
    }

    /** Scales, lengths and variances from 0. */
    private static void keepAway(ChainSpec spec, HostTensor parameters, HostTensor state, int r) {
        for (Slot slot : spec.layout().slots()) {
            if (slot.kind() == Kind.SCALE || slot.kind() == Kind.LENGTH) {
                shift(parameters, r, slot);
            }
        }
        for (Slot slot : spec.state().slots()) {
            if (slot.kind() == Kind.VARIANCE) {
                shift(state, r, slot);
            }
        }
    }

    private static void shift(HostTensor values, int r, Slot slot) {
        int from = Math.toIntExact(r * values.shape().dim(1) + slot.offset());
        for (int i = from; i < from + slot.size(); i++) {
            values.set(i, 1.5 + values.get(i));
        }
    }

    /** With parameters moved by h v. */
    ChainPoint moved(double h) {
        HostTensor there = HostTensor.zeros(DType.F64, parameters.shape());
        for (int i = 0; i < there.length(); i++) {
            there.set(i, parameters.get(i) + h * direction.get(i));
        }
        return new ChainPoint(name, spec, mode, there, state, x, targets, direction);
    }

    ChainPoint along(HostTensor other) {
        return new ChainPoint(name, spec, mode, parameters, state, x, targets, other);
    }

    /** With every number that goes in moved. */
    ChainPoint moved(UnaryOperator<HostTensor> move) {
        return new ChainPoint(
                name,
                spec,
                mode,
                move.apply(parameters),
                move.apply(state),
                move.apply(x),
                move.apply(targets),
                move.apply(direction));
    }

    /** Of another network with the same parameters. */
    ChainPoint with(ChainSpec other) {
        return new ChainPoint(name, other, mode, parameters, state, x, targets, direction);
    }

    int size() {
        return Math.toIntExact(spec.layout().size());
    }

    /** No sum of a pass has more terms. */
    double terms() {
        return size() + (double) EXAMPLES * spec.inputs() * spec.layers().size();
    }

    /**
     * What all passes leave.
     *
     * @param losses per replica
     * @param outputs [R, N, K]
     * @param gradient [R, P]
     * @param product [R, P], the Hessian times v
     * @param state [R, S] after the batch has moved it
     */
    @SuppressWarnings("ArrayRecordComponent") // compared element by element
    record Passes(double[] losses, double[] outputs, double[] gradient, double[] product, double[] state) {}

    /** The passes part by part, with how often each used the weights. */
    List<Condition.Part> parts(Passes passes) {
        List<Condition.Part> parts = new ArrayList<>();
        parts.add(new Condition.Part("losses", 1, passes.losses()));
        parts.add(new Condition.Part("outputs", 1, passes.outputs()));
        parts.addAll(Condition.byLayer("gradient", 2, spec.layout(), passes.gradient()));
        parts.addAll(Condition.byLayer("product", 4, spec.layout(), passes.product()));
        if (state.length() > 0) {
            parts.addAll(Condition.byLayer("moments", 1, spec.state(), passes.state()));
        }
        return parts;
    }

    /** How far the parts may be off, computed in {@code type}. */
    Map<String, Double> bounds(Engine reference, DType type) {
        return Condition.bounds(
                move -> {
                    ChainPoint there = moved(move);
                    return parts(there.on(reference));
                },
                type,
                Condition.longestSum(spec, EXAMPLES));
    }

    Passes on(Engine engine) {
        return on(engine, DType.F64);
    }

    /** In {@code type}, to which all numbers are rounded; running moments and the losses' sums are fp64. */
    Passes on(Engine engine, DType type) {
        try (Arena arena = engine.openArena("chain")) {
            Chain network = new Chain(engine, spec);
            Streams noise = Streams.range(SeedTree.root(3), 0, REPLICAS);
            PassKind kind = new PassKind(mode, Derivatives.CURVATURE, Optional.of(noise));
            ChainPass pass = network.pass(arena, type, REPLICAS, EXAMPLES, kind);
            LayerViews moments = spec.state().views(arena.upload(state).view());
            NetworkValues at = new NetworkValues(views(arena, type, parameters), Optional.of(moments));
            LayerViews gradient = views(arena, type, HostTensor.zeros(DType.F64, parameters.shape()));
            LayerViews product = views(arena, type, HostTensor.zeros(DType.F64, parameters.shape()));
            View in = place(arena, type, x);
            pass.forward(at, in, 9);
            View slopes = place(arena, type, targets);
            engine.pointwise().scale(slopes, -1);
            engine.pointwise().axpy(slopes, 1, pass.output());
            pass.backward(at, in, slopes, gradient);
            LayerViews v = views(arena, type, direction);
            pass.backwardTangent(at, v, pass.tangent(at, v), product);
            if (state.length() > 0) {
                pass.track(moments, moving(arena));
            }
            return new Passes(
                    losses(slopes.download()),
                    pass.output().download().toDoubles(),
                    gradient.flat().download().toDoubles(),
                    product.flat().download().toDoubles(),
                    moments.flat().download().toDoubles());
        }
    }

    private static Health moving(Arena arena) {
        return new Health(
                arena.zeros(DType.I32, Shape.of(REPLICAS)).view(),
                arena.zeros(DType.I64, Shape.of(REPLICAS)).view());
    }

    private LayerViews views(Arena arena, DType type, HostTensor flat) {
        return spec.layout().views(place(arena, type, flat));
    }

    private static View place(Arena arena, DType type, HostTensor values) {
        return arena.upload(HostTensor.rounded(type, values.shape(), values.toDoubles()))
                .view();
    }

    private static double[] losses(HostTensor slopes) {
        double[] losses = new double[REPLICAS];
        int block = slopes.length() / REPLICAS;
        for (int i = 0; i < slopes.length(); i++) {
            losses[i / block] += 0.5 * slopes.get(i) * slopes.get(i);
        }
        return losses;
    }

    @Override
    public String toString() {
        return name + " in " + mode;
    }
}

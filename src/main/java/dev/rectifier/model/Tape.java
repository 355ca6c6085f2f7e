package dev.rectifier.model;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a forward pass leaves behind, and where a backward pass works: buffers for R replicas and N examples, allocated once
 * in an {@link Arena} that the caller owns. Made by {@link Mlp#tape}.
 *
 * <p>Hidden layers are counted from 0: {@code activation(0)} is f after the first affine map and ReLU. Contents are those
 * of the last pass.
 */
public final class Tape {
    private final MlpSpec spec;
    private final Set<Keep> kept;
    private final long examples;
    private final Levels activations;
    private final Levels masks;
    private final Levels preActivations;
    private final Levels signals;
    private final Levels activationGradients;
    private final Levels scaledInputs;
    private final View output;

    /** Views of one kind, one per layer it exists for. */
    private record Levels(String what, List<View> views) {
        View get(int l) {
            if (l < 0 || l >= views.size()) {
                throw new IllegalStateException("This tape has no " + what + " of layer " + l
                        + (views.isEmpty()
                                ? ": it was not asked to keep them."
                                : ": it has " + views.size() + " of them."));
            }
            return views.get(l);
        }

        Levels first(long examples) {
            return new Levels(what, views.stream().map(v -> v.rows(0, examples)).toList());
        }
    }

    /** Where and how large. */
    record Size(Arena arena, DType dtype, long replicas, long examples) {
        /** The same in a scope that names what is allocated. */
        Size named(String what) {
            return new Size(arena.openArena(what), dtype, replicas, examples);
        }

        View values(int width) {
            return arena.allocate(dtype, Shape.of(replicas, examples, width)).view();
        }

        View mask(int width) {
            return arena.allocate(DType.I32, Shape.of(replicas, PointwiseOps.maskWords(examples * width)))
                    .view();
        }
    }

    Tape(MlpSpec spec, Size size, Set<Keep> kept) {
        this.spec = spec;
        this.kept = kept;
        this.examples = size.examples();
        boolean relu = spec.activation() == Activation.RELU;
        activations = values("activation", spec, size, true);
        preActivations = values("pre-activation", spec, size, kept.contains(Keep.PRE_ACTIVATIONS));
        signals = values("signal", spec, size, kept.contains(Keep.SIGNALS));
        activationGradients = values("activation gradient", spec, size, kept.contains(Keep.ACTIVATION_GRADIENTS));
        masks = new Levels(
                "mask",
                relu ? spec.hidden().stream().map(size.named("gates")::mask).toList() : List.of());
        scaledInputs = new Levels("scaled input", scaled(spec, size));
        output = size.named("output").values(spec.outputs());
    }

    private Tape(Tape whole, long examples) {
        spec = whole.spec;
        kept = whole.kept;
        this.examples = examples;
        activations = whole.activations.first(examples);
        preActivations = whole.preActivations.first(examples);
        signals = whole.signals.first(examples);
        activationGradients = whole.activationGradients.first(examples);
        masks = new Levels("mask", narrowedMasks(whole, examples));
        scaledInputs = whole.scaledInputs.first(examples);
        output = whole.output.rows(0, examples);
    }

    private static Levels values(String what, MlpSpec spec, Size size, boolean wanted) {
        return new Levels(
                what,
                wanted ? spec.hidden().stream().map(size.named(what)::values).toList() : List.of());
    }

    /** Copies of the layers' inputs for products with a multiplier; none in the standard parametrisation. */
    private static List<View> scaled(MlpSpec spec, Size size) {
        List<View> views = new ArrayList<>();
        if (spec.parametrisation() != Parametrisation.STANDARD) {
            Size named = size.named("scaled input");
            for (int l = 0; l < spec.layers(); l++) {
                views.add(named.values(spec.width(l)));
            }
        }
        return views;
    }

    private static List<View> narrowedMasks(Tape whole, long examples) {
        List<View> views = new ArrayList<>();
        for (int l = 0; l < whole.masks.views().size(); l++) {
            long words = PointwiseOps.maskWords(examples * whole.spec.width(l + 1));
            views.add(whole.masks.get(l).slice(0, Shape.of(words)));
        }
        return views;
    }

    /**
     * The same buffers for fewer examples: a last, smaller batch. Shares all storage with this tape.
     *
     * @param examples 1 .. {@link #examples()}
     */
    public Tape first(long examples) {
        if (examples < 1 || examples > this.examples) {
            throw new IllegalArgumentException(
                    "This tape holds " + this.examples + " examples; it cannot be narrowed to " + examples + ".");
        }
        return examples == this.examples ? this : new Tape(this, examples);
    }

    /** N: examples per replica. */
    public long examples() {
        return examples;
    }

    /** R. */
    public long replicas() {
        return output.replicas();
    }

    boolean keeps(Keep what) {
        return kept.contains(what);
    }

    /** f of hidden layer {@code l}: [R, N, W_l]. */
    public View activation(int l) {
        return activations.get(l);
    }

    /** The gates of hidden layer {@code l}: I32 [R, maskWords(N W_l)]; none in a linear network. */
    public View mask(int l) {
        return masks.get(l);
    }

    /** z of hidden layer {@code l}: [R, N, W_l]; needs {@link Keep#PRE_ACTIVATIONS}. */
    public View preActivation(int l) {
        return preActivations.get(l);
    }

    /**
     * d loss / d z of hidden layer {@code l}: [R, N, W_l], example by example, as the last backward pass left it. The g_l of
     * Tian et al. 2019 is its negative for the loss |e|^2 / 2 of each example.
     */
    public View signal(int l) {
        return signals.get(l);
    }

    /** d loss / d f of hidden layer {@code l}: [R, N, W_l]; needs {@link Keep#ACTIVATION_GRADIENTS}. */
    public View activationGradient(int l) {
        return activationGradients.get(l);
    }

    /** The outputs: [R, N, K]. */
    public View output() {
        return output;
    }

    View scaledInput(int l) {
        return scaledInputs.get(l);
    }
}

package dev.rectifier.model;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * A multilayer perceptron on an engine: stateless, so one serves any number of parameter sets and tapes. Every pass is a
 * fixed sequence of operations and allocates nothing on the device.
 *
 * <p>Parameters are given per call and may be shared by all replicas (one teacher). The forms that take
 * {@link LayerViews} allocate nothing on the heap either.
 */
public final class Mlp implements Network {
    private final Engine engine;
    private final MlpSpec spec;
    private final ParameterLayout layout;
    private final double[] multipliers;

    public Mlp(Engine engine, MlpSpec spec) {
        this.engine = engine;
        this.spec = spec;
        this.layout = ParameterLayout.of(spec);
        this.multipliers = new double[spec.layers()];
        Arrays.setAll(multipliers, l -> spec.parametrisation().multiplier(spec.role(l), spec.fanIn(l)));
    }

    @Override
    public MlpSpec spec() {
        return spec;
    }

    @Override
    public ParameterLayout layout() {
        return layout;
    }

    @Override
    public Pass pass(Arena arena, DType dtype, long replicas, long examples, PassKind kind) {
        Tape tape = switch (kind.derivatives()) {
            case NONE -> inferenceTape(arena, dtype, replicas, examples);
            case GRADIENT -> trainingTape(arena, dtype, replicas, examples);
            case CURVATURE ->
                throw new IllegalArgumentException("A multilayer perceptron has no passes for second derivatives: take"
                        + " them of the same network as a chain of layers (MlpSpec.chain).");
        };
        return new MlpPass(this, tape);
    }

    /** A tape for forward passes alone. */
    public Tape inferenceTape(Arena arena, DType dtype, long replicas, long examples) {
        return tape(arena, dtype, replicas, examples, EnumSet.noneOf(Keep.class));
    }

    /** A tape for forward and backward passes. */
    public Tape trainingTape(Arena arena, DType dtype, long replicas, long examples) {
        return tape(arena, dtype, replicas, examples, EnumSet.of(Keep.SIGNALS));
    }

    /** A tape that keeps what is asked for, in {@code arena}. */
    public Tape tape(Arena arena, DType dtype, long replicas, long examples, Set<Keep> keep) {
        if (keep.contains(Keep.ACTIVATION_GRADIENTS) && !keep.contains(Keep.SIGNALS)) {
            throw new IllegalArgumentException("A tape that keeps ACTIVATION_GRADIENTS must keep SIGNALS too.");
        }
        return new Tape(spec, new Tape.Size(arena, dtype, replicas, examples), Set.copyOf(keep));
    }

    /** As {@link #forward(Tape, LayerViews, View)}, cutting the parameters anew. */
    public void forward(Tape tape, View parameters, View x) {
        forward(tape, layout.views(parameters), x);
    }

    /**
     * Fills the tape: activations, masks, output. 2 R N sum_l (W_l W_{l+1}) flops.
     *
     * @param parameters [R, P], may be shared
     * @param x [R, N, D], may be shared
     */
    public void forward(Tape tape, LayerViews parameters, View x) {
        for (int l = 0; l < spec.layers(); l++) {
            View input = scaledInput(tape, x, l);
            if (l == spec.layers() - 1) {
                affine(tape.output(), parameters, input, l);
            } else {
                hidden(tape, parameters, input, l);
            }
        }
    }

    private void affine(View z, LayerViews parameters, View input, int l) {
        if (spec.bias()) {
            engine.dense().forward(z, input, parameters.weight(l), parameters.bias(l));
        } else {
            engine.dense().forward(z, input, parameters.weight(l));
        }
    }

    private void hidden(Tape tape, LayerViews parameters, View input, int l) {
        if (spec.activation() == Activation.RELU && !tape.keeps(Keep.PRE_ACTIVATIONS)) {
            affineRelu(tape, parameters, input, l);
            return;
        }
        View z = hiddenPreActivation(tape, l);
        affine(z, parameters, input, l);
        activate(tape, z, l);
    }

    private void affineRelu(Tape tape, LayerViews parameters, View input, int l) {
        View f = tape.activation(l);
        View w = parameters.weight(l);
        if (spec.bias()) {
            engine.dense().forwardRelu(f, tape.mask(l), input, w, parameters.bias(l));
        } else {
            engine.dense().forwardRelu(f, tape.mask(l), input, w);
        }
    }

    private View hiddenPreActivation(Tape tape, int l) {
        return tape.keeps(Keep.PRE_ACTIVATIONS) ? tape.preActivation(l) : tape.activation(l);
    }

    private void activate(Tape tape, View z, int l) {
        if (spec.activation() == Activation.RELU) {
            engine.pointwise().relu(tape.activation(l), tape.mask(l), z);
        } else if (tape.keeps(Keep.PRE_ACTIVATIONS)) {
            engine.pointwise().copy(tape.activation(l), z);
        }
    }

    /** m_l f_l, made now. */
    private View scaledInput(Tape tape, View x, int l) {
        View input = input(tape, x, l);
        if (multipliers[l] == 1) {
            return input;
        }
        View scaled = tape.scaledInput(l);
        engine.pointwise().copy(scaled, input);
        engine.pointwise().scale(scaled, multipliers[l]);
        return scaled;
    }

    private static View input(Tape tape, View x, int l) {
        return l == 0 ? x : tape.activation(l - 1);
    }

    /** As {@link #backward(Tape, LayerViews, View, View, LayerViews)}, cutting parameters and gradient anew. */
    public void backward(Tape tape, View parameters, View x, View dOutput, View gradient) {
        backward(tape, layout.views(parameters), x, dOutput, layout.views(gradient));
    }

    /**
     * Gradient of a loss after {@link #forward} on the same tape, parameters and inputs; leaves the signals of all hidden
     * layers on the tape. About twice the flops of the forward pass.
     *
     * @param dOutput [R, N, K]: d loss / d output
     * @param gradient [R, P] out: summed over the N examples
     */
    public void backward(Tape tape, LayerViews parameters, View x, View dOutput, LayerViews gradient) {
        View dz = dOutput;
        for (int l = spec.layers() - 1; l >= 0; l--) {
            View input = multipliers[l] == 1 ? input(tape, x, l) : tape.scaledInput(l);
            if (spec.bias()) {
                engine.dense().weightAndBiasGradient(gradient.weight(l), gradient.bias(l), dz, input);
            } else {
                engine.dense().weightGradient(gradient.weight(l), dz, input);
            }
            if (l > 0) {
                dz = signalBelow(tape, parameters, dz, l);
            }
        }
    }

    /** The signals alone, without the gradient of any parameter. */
    public void signals(Tape tape, LayerViews parameters, View dOutput) {
        View dz = dOutput;
        for (int l = spec.layers() - 1; l > 0; l--) {
            dz = signalBelow(tape, parameters, dz, l);
        }
    }

    /** From d loss / d z of layer l to that of layer l - 1. */
    private View signalBelow(Tape tape, LayerViews parameters, View dz, int l) {
        View signal = tape.signal(l - 1);
        boolean relu = spec.activation() == Activation.RELU;
        if (relu && multipliers[l] == 1 && !tape.keeps(Keep.ACTIVATION_GRADIENTS)) {
            engine.dense().inputGradientRelu(signal, dz, parameters.weight(l), tape.mask(l - 1));
            return signal;
        }
        View gradient = tape.keeps(Keep.ACTIVATION_GRADIENTS) ? tape.activationGradient(l - 1) : signal;
        engine.dense().inputGradient(gradient, dz, parameters.weight(l));
        if (multipliers[l] != 1) {
            engine.pointwise().scale(gradient, multipliers[l]);
        }
        if (relu) {
            engine.pointwise().reluBackward(signal, gradient, tape.mask(l - 1));
        } else if (tape.keeps(Keep.ACTIVATION_GRADIENTS)) {
            engine.pointwise().copy(signal, gradient);
        }
        return signal;
    }

    /**
     * d loss / d x after {@link #backward} or {@link #signals}.
     *
     * @param dx [R, N, D] out
     * @param dOutput as given to the backward pass
     */
    public void inputGradient(Tape tape, LayerViews parameters, View dOutput, View dx) {
        View dz = spec.layers() == 1 ? dOutput : tape.signal(0);
        engine.dense().inputGradient(dx, dz, parameters.weight(0));
        if (multipliers[0] != 1) {
            engine.pointwise().scale(dx, multipliers[0]);
        }
    }
}

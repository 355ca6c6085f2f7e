package dev.rectifier.model;

import dev.rectifier.model.ParameterLayout.Kind;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A multilayer perceptron as a value: f_0 = x, z_l = m_l W_l f_l + b_l, f_{l+1} = activation(z_l), output = the last z.
 *
 * <p>Layers (affine maps) are counted 0 .. {@link #layers()} - 1. Layer l maps {@code width(l)} to {@code width(l + 1)};
 * the multiplier m_l comes from the parametrisation and is 1 in the standard one.
 *
 * @param inputs D
 * @param hidden widths W of the hidden layers, bottom first; empty for a linear map
 * @param outputs K
 * @param bias whether every layer has a bias
 * @param activation between layers
 * @param init how parameters start
 * @param parametrisation how scales depend on the widths
 */
public record MlpSpec(
        int inputs,
        List<Integer> hidden,
        int outputs,
        boolean bias,
        Activation activation,
        InitScheme init,
        Parametrisation parametrisation)
        implements NetworkSpec {

    public MlpSpec {
        hidden = List.copyOf(hidden);
        requirePositive("inputs", inputs);
        requirePositive("outputs", outputs);
        for (int l = 0; l < hidden.size(); l++) {
            requirePositive("hidden[" + l + "]", hidden.get(l));
        }
        if (parametrisation != Parametrisation.STANDARD && hidden.isEmpty()) {
            throw new IllegalArgumentException("Parametrisation " + parametrisation
                    + " says how scales follow the hidden width, but this network has no hidden layer: use STANDARD.");
        }
        if (parametrisation != Parametrisation.STANDARD && !init.scalesWithWidth()) {
            throw new IllegalArgumentException("Init " + init + " fixes the weights' scale itself, so parametrisation "
                    + parametrisation + " cannot rescale it: use STANDARD, or an init such as LECUN_NORMAL.");
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("Width " + name + " must be at least 1, not " + value + ".");
        }
    }

    /** Inputs, hidden widths and outputs in one list, with biases, ReLU, PyTorch's init and the standard parametrisation. */
    public static MlpSpec of(int... widths) {
        if (widths.length < 2) {
            throw new IllegalArgumentException(
                    "A network needs at least an input and an output width, not " + widths.length + " widths.");
        }
        List<Integer> hidden = new ArrayList<>();
        for (int l = 1; l < widths.length - 1; l++) {
            hidden.add(widths[l]);
        }
        return new MlpSpec(
                widths[0],
                hidden,
                widths[widths.length - 1],
                true,
                Activation.RELU,
                InitSchemes.TORCH_DEFAULT,
                Parametrisation.STANDARD);
    }

    public MlpSpec withBias(boolean newBias) {
        return new MlpSpec(inputs, hidden, outputs, newBias, activation, init, parametrisation);
    }

    public MlpSpec withActivation(Activation newActivation) {
        return new MlpSpec(inputs, hidden, outputs, bias, newActivation, init, parametrisation);
    }

    public MlpSpec withInit(InitScheme newInit) {
        return new MlpSpec(inputs, hidden, outputs, bias, activation, newInit, parametrisation);
    }

    public MlpSpec withParametrisation(Parametrisation newParametrisation) {
        return new MlpSpec(inputs, hidden, outputs, bias, activation, init, newParametrisation);
    }

    /** The same network with every hidden layer {@code times} as wide: a student of this teacher. */
    public MlpSpec widened(int times) {
        List<Integer> wider =
                hidden.stream().map(w -> Math.multiplyExact(w, times)).toList();
        return new MlpSpec(inputs, wider, outputs, bias, activation, init, parametrisation);
    }

    /** Number of affine maps: hidden layers + 1. */
    public int layers() {
        return hidden.size() + 1;
    }

    /** Width of level {@code l}: 0 is the input, {@link #layers()} the output. */
    public int width(int l) {
        if (l == 0) {
            return inputs;
        }
        return l == layers() ? outputs : hidden.get(l - 1);
    }

    /** Inputs of each unit of layer {@code l}. */
    public int fanIn(int l) {
        return width(l);
    }

    /** Units of layer {@code l}. */
    public int fanOut(int l) {
        return width(l + 1);
    }

    /** Role of layer {@code l}; the only layer of a linear map counts as INPUT. */
    public Role role(int l) {
        if (l == 0) {
            return Role.INPUT;
        }
        return l == layers() - 1 ? Role.OUTPUT : Role.HIDDEN;
    }

    /** {@code 0.weight}, {@code 0.bias}, {@code 1.weight}, ... by affine map: activations have no number. */
    @Override
    public ParameterLayout layout() {
        ParameterLayout.Builder slots = new ParameterLayout.Builder();
        for (int l = 0; l < layers(); l++) {
            slots.add(l + ".weight", Kind.WEIGHT, Shape.of(fanOut(l), fanIn(l)));
            if (bias) {
                slots.add(l + ".bias", Kind.BIAS, Shape.of(fanOut(l)));
            }
            slots.endLayer();
        }
        return slots.build();
    }

    @Override
    public ParameterLayout state() {
        return new ParameterLayout(List.of());
    }

    @Override
    public boolean isNoisy() {
        return false;
    }

    @Override
    public int leastExamples() {
        return 1;
    }

    @Override
    public String words() {
        return IntStream.rangeClosed(0, layers())
                .mapToObj(l -> Integer.toString(width(l)))
                .collect(Collectors.joining("-"));
    }

    /**
     * The same network as a chain of dense layers and ReLUs: the same parameters in the same places (under PyTorch's names of a
     * {@code Sequential}, in which activations count), the same bits in every pass.
     *
     * @throws IllegalArgumentException if its parametrisation has multipliers, which chains have not
     */
    public ChainSpec chain() {
        if (parametrisation != Parametrisation.STANDARD) {
            throw new IllegalArgumentException("A network in the parametrisation " + parametrisation
                    + " cannot be written as a chain of layers: use STANDARD.");
        }
        List<LayerSpec> chain = new ArrayList<>();
        for (int l = 0; l < layers(); l++) {
            chain.add(new LayerSpec.Dense(fanOut(l), bias));
            if (l + 1 < layers() && activation == Activation.RELU) {
                chain.add(new LayerSpec.Relu());
            }
        }
        return ChainSpec.of(Shape.of(inputs), chain).withInit(init);
    }
}

package dev.rectifier.model;

import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * A chain of layers as a value: f_0 = x, f_{i+1} = layer_i(f_i), output = the last f. Shapes are worked out, and refused with
 * the layer's number, name and input, when it is made.
 *
 * @param input extents of one example: [features] or [channels, height, width]
 * @param layers with their names, which are unique; the last gives [K]
 * @param init how weights and biases of dense and convolutional layers start, by fan-in (of a convolution: channels times
 *     kernel cells); a BatchNorm starts with scale 1 and shift 0
 */
public record ChainSpec(Shape input, List<NamedLayer> layers, InitScheme init) implements NetworkSpec {

    public ChainSpec {
        layers = List.copyOf(layers);
        if ((input.rank() != 1 && input.rank() != 3) || input.size() == 0) {
            throw new IllegalArgumentException(
                    "A chain of layers takes [features] or [channels, height, width], all at least 1, not " + input
                            + ".");
        }
        NamedLayer.requireDistinct(layers);
        Shape output = output("", layers, input);
        if (output.rank() != 1) {
            throw new IllegalArgumentException(
                    "The last layer of the chain gives " + output + ", not [outputs]: end with flatten or dense.");
        }
        List<Leaf> leaves = leaves(layers, input);
        if (leaves.stream()
                .allMatch(leaf -> leaf.layer().parameters(leaf.input()).isEmpty())) {
            throw new IllegalArgumentException("A chain needs a layer with parameters.");
        }
    }

    /** PyTorch's default init. */
    public ChainSpec(Shape input, List<NamedLayer> layers) {
        this(input, layers, InitSchemes.TORCH_DEFAULT);
    }

    /** Layers named by their number, as in an {@code nn.Sequential}. */
    public static ChainSpec of(Shape input, List<? extends LayerSpec> layers) {
        return new ChainSpec(
                input,
                IntStream.range(0, layers.size())
                        .mapToObj(i -> new NamedLayer(Integer.toString(i), layers.get(i)))
                        .toList());
    }

    /** Layers named by their number, as in an {@code nn.Sequential}. */
    public static ChainSpec of(Shape input, LayerSpec... layers) {
        return of(input, List.of(layers));
    }

    public ChainSpec withInit(InitScheme newInit) {
        return new ChainSpec(input, layers, newInit);
    }

    /** Extents after those layers. */
    static Shape output(String branch, List<NamedLayer> layers, Shape input) {
        Shape now = input;
        for (int i = 0; i < layers.size(); i++) {
            NamedLayer named = layers.get(i);
            try {
                now = named.layer().output(now);
            } catch (IllegalArgumentException e) {
                String place = (branch.isEmpty() ? "Layer " : branch + " layer ") + i + " \"" + named.name() + "\" ("
                        + named.layer().getClass().getSimpleName() + ") ";
                throw new Misfit(place, now, e);
            }
        }
        return now;
    }

    /** Names the layer, and its input where the layer is the innermost one. */
    private static final class Misfit extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        Misfit(String place, Shape input, IllegalArgumentException why) {
            super(
                    why instanceof Misfit
                            ? place + "does not fit: " + why.getMessage()
                            : place + why.getMessage() + "; its input is " + input + ".",
                    why);
        }
    }

    /** A layer that is no block of others, where it stands. */
    record Leaf(String name, LayerSpec layer, Shape input) {}

    /** All of them, in PyTorch's order: of a block first the body, then the shortcut. */
    List<Leaf> leaves() {
        return leaves(layers, input);
    }

    private static List<Leaf> leaves(List<NamedLayer> layers, Shape input) {
        List<Leaf> leaves = new ArrayList<>();
        collect("", layers, input, leaves);
        return leaves;
    }

    private static void collect(String prefix, List<NamedLayer> layers, Shape input, List<Leaf> leaves) {
        Shape now = input;
        for (NamedLayer named : layers) {
            String name = prefix + named.name();
            if (named.layer() instanceof LayerSpec.Residual block) {
                collect(name + ".", block.body(), now, leaves);
                collect(name + ".", block.shortcut(), now, leaves);
            } else {
                leaves.add(new Leaf(name, named.layer(), now));
            }
            now = named.layer().output(now);
        }
    }

    @Override
    public int inputs() {
        return Math.toIntExact(input.size());
    }

    @Override
    public int outputs() {
        return Math.toIntExact(output("", layers, input).size());
    }

    /** {@code 0.weight}, {@code 1.running_mean}, ...: the keys of an {@code nn.Sequential}, or the names that were given. */
    @Override
    public ParameterLayout layout() {
        return laidOut(LayerSpec::parameters);
    }

    @Override
    public ParameterLayout state() {
        return laidOut(LayerSpec::state);
    }

    private ParameterLayout laidOut(BiFunction<LayerSpec, Shape, List<LayerSpec.Part>> parts) {
        ParameterLayout.Builder slots = new ParameterLayout.Builder();
        for (Leaf leaf : leaves()) {
            for (LayerSpec.Part part : parts.apply(leaf.layer(), leaf.input())) {
                slots.add(leaf.name() + "." + part.name(), part.kind(), part.shape());
            }
            slots.endLayer();
        }
        return slots.build();
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.STANDARD;
    }

    @Override
    public boolean isNoisy() {
        return leaves().stream().anyMatch(leaf -> leaf.layer() instanceof LayerSpec.Dropout);
    }

    @Override
    public int leastExamples() {
        boolean single = leaves().stream()
                .anyMatch(leaf -> leaf.layer() instanceof LayerSpec.BatchNorm norm
                        && norm.takesBatch(PassKind.Mode.TRAINING)
                        && leaf.input().tail().size() == 1);
        return single ? 2 : 1;
    }

    /** Products of a weight and a number that one example takes on its way forward. */
    public double products() {
        double products = 0;
        for (Leaf leaf : leaves()) {
            if (leaf.layer() instanceof LayerSpec.Linear linear) {
                double weights = linear.weight(leaf.input()).size();
                Shape to = linear.output(leaf.input());
                products += weights * to.size() / to.dim(0);
            }
        }
        return products;
    }

    @Override
    public String words() {
        return input + " through " + leaves().size() + " layers to " + outputs();
    }
}

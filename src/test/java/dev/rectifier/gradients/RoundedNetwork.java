package dev.rectifier.gradients;

import dev.rectifier.conformance.DoubleDouble;
import dev.rectifier.conformance.Rounded;
import dev.rectifier.model.Activation;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network of one replica, forward and backward by the formulas, with bounds of what an engine computing in the type of its
 * numbers may be wrong by. Sums may be in any order; gates must be certain.
 */
public final class RoundedNetwork {
    private final MlpSpec spec;
    private final Rounded[] parameters;
    private final DType type;
    private final Rounded zero;

    /** @param parameters as {@code ParameterLayout} orders them */
    public RoundedNetwork(MlpSpec spec, Rounded... parameters) {
        this.spec = spec;
        this.parameters = parameters.clone();
        this.type = parameters[0].type();
        this.zero = Rounded.exact(type, 0);
    }

    /**
     * A forward pass.
     *
     * @param inputs what each affine map multiplies its weights with, [layer][n][d]
     * @param output [n][k]
     */
    @SuppressWarnings("ArrayRecordComponent") // read, never changed
    public record Pass(List<Rounded[][]> inputs, Rounded[][] output) {}

    /**
     * A backward pass.
     *
     * @param parameters [P]
     * @param inputs [n][d]
     */
    @SuppressWarnings("ArrayRecordComponent") // read, never changed
    public record Gradient(Rounded[] parameters, Rounded[][] inputs) {}

    /** Numbers that are exact in {@code type}. */
    public static Rounded[] exact(DType type, double... values) {
        return Arrays.stream(values).mapToObj(v -> Rounded.exact(type, v)).toArray(Rounded[]::new);
    }

    /** The numbers with element {@code i} moved by {@code h}, exactly. */
    public static Rounded[] moved(Rounded[] values, int i, double h) {
        Rounded[] moved = values.clone();
        DoubleDouble there = values[i].exact().plus(DoubleDouble.of(h));
        moved[i] = new Rounded(there, values[i].error(), values[i].type());
        return moved;
    }

    /** All examples, x being [n][d]. */
    public Pass forward(Rounded[][] x) {
        List<Rounded[][]> inputs = new ArrayList<>();
        Rounded[][] f = x;
        for (int l = 0; l < spec.layers(); l++) {
            int layer = l;
            inputs.add(scaled(f, l));
            f = Arrays.stream(inputs.get(l)).map(input -> layer(layer, input)).toArray(Rounded[][]::new);
        }
        return new Pass(inputs, f);
    }

    /** Multiplied by the layer's constant, where it has one. */
    private Rounded[][] scaled(Rounded[][] values, int l) {
        double multiplier = spec.parametrisation().multiplier(spec.role(l), spec.fanIn(l));
        Rounded rounded = Rounded.once(type, multiplier);
        return multiplier == 1
                ? values
                : Arrays.stream(values)
                        .map(row -> Arrays.stream(row).map(rounded::times).toArray(Rounded[]::new))
                        .toArray(Rounded[][]::new);
    }

    private int offset(int l) {
        int offset = 0;
        for (int below = 0; below < l; below++) {
            offset += spec.fanOut(below) * (spec.fanIn(below) + (spec.bias() ? 1 : 0));
        }
        return offset;
    }

    private Rounded weight(int l, int k, int d) {
        return parameters[offset(l) + k * spec.fanIn(l) + d];
    }

    private Rounded bias(int l, int k) {
        return spec.bias() ? parameters[offset(l) + spec.fanOut(l) * spec.fanIn(l) + k] : zero;
    }

    private Rounded[] layer(int l, Rounded... input) {
        Rounded[] z = new Rounded[spec.fanOut(l)];
        for (int k = 0; k < z.length; k++) {
            int unit = k;
            Rounded[] row = new Rounded[input.length];
            Arrays.setAll(row, d -> weight(l, unit, d));
            Rounded sum = Rounded.inner(bias(l, k), row, input);
            z[k] = l + 1 < spec.layers() && isGated() && !open(sum) ? zero : sum;
        }
        return z;
    }

    private boolean isGated() {
        return spec.activation() == Activation.RELU;
    }

    private static boolean open(Rounded z) {
        if (Math.abs(z.value()) <= z.error()) {
            throw new IllegalStateException("Rounding may open or close the gate at " + z + ": choose other numbers.");
        }
        return z.value() > 0;
    }

    /** d loss / d parameters, summed over the examples, and d loss / d inputs, given d loss / d output [n][k]. */
    public Gradient backward(Pass pass, Rounded[][] slopes) {
        Rounded[] gradient = new Rounded[parameters.length];
        Rounded[][] signal = slopes;
        for (int l = spec.layers() - 1; l >= 0; l--) {
            Rounded[][] input = pass.inputs().get(l);
            store(gradient, l, signal, input);
            Rounded[][] below = scaled(inputGradient(l, signal), l);
            signal = l > 0 && isGated() ? gated(below, input) : below;
        }
        return new Gradient(gradient, signal);
    }

    private void store(Rounded[] gradient, int l, Rounded[][] signal, Rounded[][] input) {
        Rounded[] ones = new Rounded[signal.length];
        Arrays.fill(ones, Rounded.exact(type, 1));
        int at = offset(l);
        for (int k = 0; k < spec.fanOut(l); k++) {
            for (int d = 0; d < spec.fanIn(l); d++) {
                gradient[at++] = Rounded.inner(zero, column(signal, k), column(input, d));
            }
        }
        for (int k = 0; k < spec.fanOut(l) && spec.bias(); k++) {
            gradient[at++] = Rounded.inner(zero, column(signal, k), ones);
        }
    }

    private static Rounded[] column(Rounded[][] rows, int i) {
        return Arrays.stream(rows).map(row -> row[i]).toArray(Rounded[]::new);
    }

    private Rounded[][] inputGradient(int l, Rounded[][] signal) {
        Rounded[][] result = new Rounded[signal.length][spec.fanIn(l)];
        for (int d = 0; d < spec.fanIn(l); d++) {
            int input = d;
            Rounded[] column = new Rounded[spec.fanOut(l)];
            Arrays.setAll(column, k -> weight(l, k, input));
            for (int n = 0; n < signal.length; n++) {
                result[n][d] = Rounded.inner(zero, signal[n], column);
            }
        }
        return result;
    }

    private Rounded[][] gated(Rounded[][] signal, Rounded[][] activations) {
        Rounded[][] result = new Rounded[signal.length][];
        for (int n = 0; n < signal.length; n++) {
            result[n] = signal[n].clone();
            for (int k = 0; k < result[n].length; k++) {
                result[n][k] = activations[n][k].value() > 0 ? signal[n][k] : zero;
            }
        }
        return result;
    }
}

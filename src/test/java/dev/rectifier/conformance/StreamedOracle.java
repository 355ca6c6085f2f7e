package dev.rectifier.conformance;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.StreamedOps;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sweeps of one replica, written from the formulas of a two-layer network, with errors followed through the arithmetic of the
 * element type. Where the sign of a pre-activation is not certain, its signal may be there or not: its whole size is error.
 *
 * @param net the network
 * @param update the step
 */
record StreamedOracle(ResidentNet net, UpdateOracle update) {
    /** Flat parameters, and as many numbers of state where the rule has them. */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by nobody
    private record Network(Rounded[] weights, Rounded[] memory) {}

    private static Rounded[] exact(HostTensor tensor) {
        Rounded[] values = new Rounded[tensor.length()];
        Arrays.setAll(values, i -> Rounded.exact(tensor.dtype(), tensor.get(i)));
        return values;
    }

    /** What goes into a sweep of one replica, in the order of {@link StreamedContract}'s operands. */
    record Before(
            HostTensor weights,
            HostTensor gradient,
            HostTensor state,
            HostTensor x,
            HostTensor slopes,
            HostTensor next) {
        int examples() {
            return x.length() / (int) x.shape().dim(2);
        }

        DType type() {
            return weights.dtype();
        }
    }

    private Rounded preActivation(Rounded[] w, HostTensor x, int n, int unit) {
        int d = net.inputs();
        Rounded[] row = Arrays.copyOfRange(w, unit * d, (unit + 1) * d);
        Rounded[] inputs = new Rounded[d];
        Arrays.setAll(inputs, i -> Rounded.exact(x.dtype(), x.get(n * d + i)));
        Rounded start = net.bias() ? w[(int) net.biasAt(0) + unit] : Rounded.exact(x.dtype(), 0);
        return Rounded.inner(start, row, inputs);
    }

    /** max(z, 0) has no larger error than z. */
    private Rounded activation(Rounded z) {
        return net.relu() && z.value() <= 0 ? Rounded.of(z.type(), 0, z.error()) : z;
    }

    private Rounded gated(Rounded signal, Rounded z) {
        if (!net.relu()) {
            return signal;
        }
        boolean certain = Math.abs(z.value()) > z.bound();
        double value = z.value() > 0 ? signal.value() : 0;
        return certain && z.value() > 0
                ? signal
                : Rounded.of(signal.type(), value, certain ? 0 : signal.error() + Math.abs(signal.value()));
    }

    private Rounded[] gradients(Before in) {
        Rounded[] w = exact(in.weights());
        Rounded[] gradient = new Rounded[w.length];
        int examples = in.examples();
        int outputs = net.outputs();
        for (int unit = 0; unit < net.out(0); unit++) {
            Rounded[] activations = new Rounded[examples];
            Rounded[] signals = new Rounded[examples];
            for (int n = 0; n < examples; n++) {
                Rounded z = preActivation(w, in.x(), n, unit);
                activations[n] = activation(z);
                signals[n] = gated(signal(w, in.slopes(), n, unit), z);
            }
            for (int d = 0; d < net.inputs(); d++) {
                gradient[unit * net.inputs() + d] = overExamples(signals, in.x(), d, net.inputs());
            }
            for (int k = 0; k < outputs; k++) {
                int at = (int) net.weightAt(1) + k * net.out(0) + unit;
                gradient[at] = overExamples(activations, in.slopes(), k, outputs);
            }
            if (net.bias()) {
                gradient[(int) net.biasAt(0) + unit] = sum(in.type(), signals);
            }
        }
        for (int k = 0; k < outputs && net.bias(); k++) {
            Rounded[] slopes = new Rounded[examples];
            for (int n = 0; n < examples; n++) {
                slopes[n] = Rounded.exact(in.type(), in.slopes().get(n * outputs + k));
            }
            gradient[(int) net.biasAt(1) + k] = sum(in.type(), slopes);
        }
        return gradient;
    }

    private Rounded signal(Rounded[] w, HostTensor slopes, int n, int unit) {
        Rounded[] e = new Rounded[net.outputs()];
        Rounded[] v = new Rounded[net.outputs()];
        for (int k = 0; k < e.length; k++) {
            e[k] = Rounded.exact(slopes.dtype(), slopes.get(n * e.length + k));
            v[k] = w[(int) net.weightAt(1) + k * net.out(0) + unit];
        }
        return Rounded.inner(Rounded.exact(slopes.dtype(), 0), e, v);
    }

    private static Rounded overExamples(Rounded[] a, HostTensor b, int at, int step) {
        Rounded[] other = new Rounded[a.length];
        Arrays.setAll(other, n -> Rounded.exact(b.dtype(), b.get(at + n * step)));
        return Rounded.inner(Rounded.exact(b.dtype(), 0), a, other);
    }

    private static Rounded sum(DType type, Rounded[] terms) {
        Rounded[] ones = new Rounded[terms.length];
        Arrays.fill(ones, Rounded.exact(type, 1));
        return Rounded.inner(Rounded.exact(type, 0), terms, ones);
    }

    private Network moved(Before in, Rounded[] gradient, HostTensor hyper) {
        Rounded[] w = exact(in.weights());
        Rounded[] memory = exact(in.state());
        for (int i = 0; i < w.length; i++) {
            List<Rounded> old = new ArrayList<>(List.of(w[i]));
            if (memory.length > 0) {
                old.add(memory[i]);
            }
            List<Rounded> next = update.moved(old, gradient[i], hyper);
            w[i] = next.get(0);
            if (memory.length > 0) {
                memory[i] = next.get(1);
            }
        }
        return new Network(w, memory);
    }

    /** Weights, gradient, state, partial outputs, extremes after a sweep that does everything. */
    List<Expected> sweep(Before in, Replica replica) {
        Rounded[] gradient = gradients(in);
        boolean frozen = replica.cause() != FreezeCause.NONE.code();
        Network after =
                frozen ? new Network(exact(in.weights()), exact(in.state())) : moved(in, gradient, replica.hyper());
        return List.of(
                Expected.of(after.weights),
                Expected.of(gradient),
                Expected.of(after.memory),
                partial(in, after),
                extremes(after));
    }

    private Expected partial(Before in, Network after) {
        int outputs = net.outputs();
        int groups = (int) StreamedOps.groups(net.out(0));
        Rounded[] result = new Rounded[groups * in.examples() * outputs];
        for (int g = 0; g < groups; g++) {
            int from = g * StreamedOps.GROUP;
            int count = Math.min(StreamedOps.GROUP, net.out(0) - from);
            for (int n = 0; n < in.examples(); n++) {
                Rounded[] activations = new Rounded[count];
                for (int u = 0; u < count; u++) {
                    activations[u] = activation(preActivation(after.weights, in.next(), n, from + u));
                }
                for (int k = 0; k < outputs; k++) {
                    int at = (int) net.weightAt(1) + k * net.out(0) + from;
                    Rounded[] v = Arrays.copyOfRange(after.weights, at, at + count);
                    result[(g * in.examples() + n) * outputs + k] =
                            Rounded.inner(Rounded.exact(in.type(), 0), activations, v);
                }
            }
        }
        return Expected.of(result);
    }

    private Expected extremes(Network after) {
        int groups = (int) StreamedOps.groups(net.out(0));
        double[] values = new double[2 * groups];
        double[] bounds = new double[2 * groups];
        for (int i = 0; i < after.weights.length; i++) {
            int g = group(i);
            meet(values, bounds, 2 * g, after.weights[i]);
            if (after.memory.length > 0) {
                meet(values, bounds, 2 * g + 1, after.memory[i]);
            }
        }
        return new Expected(values, bounds);
    }

    private static void meet(double[] values, double[] bounds, int at, Rounded number) {
        values[at] = Math.max(values[at], Math.abs(number.value()));
        bounds[at] = Math.max(bounds[at], number.bound());
    }

    /** Of the unit that a parameter belongs to; output biases belong to the first. */
    private int group(int parameter) {
        if (parameter < net.weightAt(1)) {
            int unit = parameter < net.biasAt(0) ? parameter / net.inputs() : parameter - (int) net.biasAt(0);
            return unit / StreamedOps.GROUP;
        }
        boolean top = net.bias() && parameter >= net.biasAt(1);
        return top ? 0 : (parameter - (int) net.weightAt(1)) % net.out(0) / StreamedOps.GROUP;
    }

    /** Cause and step after the guard. */
    List<Expected> guard(Before in, double loss, Replica replica, long step) {
        Replica after = replica;
        if (replica.cause() == FreezeCause.NONE.code()) {
            after = !Double.isFinite(loss) ? replica.frozen(FreezeCause.LOSS, step) : judged(in, replica, step);
        }
        return List.of(after.expectedCause(), after.expectedStep());
    }

    private Replica judged(Before in, Replica replica, long step) {
        Rounded[] gradient = gradients(in);
        if (!fit(in.type(), gradient)) {
            return replica.frozen(FreezeCause.GRADIENT, step);
        }
        Network after = moved(in, gradient, replica.hyper());
        return fit(in.type(), after.weights) && fit(in.type(), after.memory)
                ? replica
                : replica.frozen(FreezeCause.WEIGHT, step);
    }

    private static boolean fit(DType type, Rounded[] numbers) {
        return Arrays.stream(numbers).allMatch(n -> Double.isFinite(Bound.round(type, n.value())));
    }

    /** y = bias + the groups' sums, added in fp64 and rounded once. */
    static List<Expected> outputs(HostTensor partial, HostTensor bias, int each) {
        int groups = partial.length() / each;
        Rounded[] y = new Rounded[each];
        for (int j = 0; j < each; j++) {
            Rounded[] terms = new Rounded[groups + 1];
            for (int g = 0; g < groups; g++) {
                terms[g] = Rounded.exact(DType.F64, partial.get(g * each + j));
            }
            terms[groups] = Rounded.exact(DType.F64, bias.length() == 0 ? 0 : bias.get(j % bias.length()));
            y[j] = sum(DType.F64, terms).roundedTo(partial.dtype());
        }
        return List.of(Expected.of(y));
    }
}

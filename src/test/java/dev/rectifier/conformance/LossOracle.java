package dev.rectifier.conformance;

import dev.rectifier.engine.LossKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Losses of one replica, with errors followed through the arithmetic of the element type (an engine that forms terms in
 * fp64 does better and passes too).
 *
 * @param kind the loss
 * @param n examples
 * @param k outputs
 * @param scale the convention
 */
record LossOracle(LossKind kind, int n, int k, double scale) {
    /** The value: terms with their own errors, then n k (or n) additions in fp64 and the scale, one more rounding. */
    Expected value(HostTensor outputs, HostTensor targets) {
        if (!labelled(targets, 0, n)) {
            return new Expected(new double[1], new double[] {Expected.NOT_FINITE});
        }
        int terms = kind == LossKind.SOFTMAX_CROSS_ENTROPY ? n : n * k;
        double sum = 0;
        double magnitude = 0;
        double inherited = 0;
        for (int i = 0; i < terms; i++) {
            Rounded term = term(outputs, targets, i);
            sum += term.value();
            magnitude += Math.abs(term.value());
            inherited += term.bound();
        }
        double bound = scale * (inherited + Bound.sum(DType.F64, terms + 1, magnitude));
        boolean finite = allFinite(outputs) && Double.isFinite(sum);
        return new Expected(new double[] {scale * sum}, new double[] {finite ? bound : Expected.NOT_FINITE});
    }

    /** Whether the labels of these examples are classes; true for the losses without labels. */
    private boolean labelled(HostTensor targets, int first, int end) {
        return kind != LossKind.SOFTMAX_CROSS_ENTROPY
                || IntStream.range(first, end).map(i -> targets.ints()[i]).allMatch(label -> label >= 0 && label < k);
    }

    static boolean allFinite(HostTensor tensor) {
        for (int i = 0; i < tensor.length(); i++) {
            if (!Double.isFinite(tensor.get(i))) {
                return false;
            }
        }
        return true;
    }

    private Rounded term(HostTensor outputs, HostTensor targets, int i) {
        if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
            return logSum(outputs, i).minus(shifted(outputs, i, targets.ints()[i]));
        }
        Rounded o = Rounded.exact(outputs.dtype(), outputs.get(i));
        Rounded t = Rounded.exact(outputs.dtype(), targets.get(i));
        return switch (kind) {
            case SQUARED -> o.minus(t).times(o.minus(t));
            case LOGISTIC -> logistic(t.value() * o.value(), o.type());
            case HINGE ->
                t.value() * o.value() < 1
                        ? Rounded.exact(o.type(), 1).minus(Rounded.exact(o.type(), t.value() * o.value()))
                        : Rounded.exact(o.type(), 0);
            case SOFTMAX_CROSS_ENTROPY -> throw new AssertionError("handled above");
        };
    }

    /** log(1 + exp(-m)) = max(0, -m) + log1p(exp(-|m|)); the margin m = t o is exact because t is -1 or 1. */
    private static Rounded logistic(double margin, DType type) {
        Rounded tail = Rounded.exact(type, -Math.abs(margin)).exp().log1p();
        return Rounded.exact(type, Math.max(0, -margin)).plus(tail);
    }

    private Rounded largest(HostTensor outputs, int example) {
        double max = Double.NEGATIVE_INFINITY;
        for (int q = 0; q < k; q++) {
            max = Math.max(max, outputs.get(example * k + q));
        }
        return Rounded.exact(outputs.dtype(), max);
    }

    Rounded shifted(HostTensor outputs, int example, int q) {
        return Rounded.exact(outputs.dtype(), outputs.get(example * k + q)).minus(largest(outputs, example));
    }

    Rounded expSum(HostTensor outputs, int example) {
        Rounded sum = Rounded.exact(outputs.dtype(), 0);
        for (int q = 0; q < k; q++) {
            sum = sum.plus(shifted(outputs, example, q).exp());
        }
        return sum;
    }

    private Rounded logSum(HostTensor outputs, int example) {
        return expSum(outputs, example).log();
    }

    /** d value / d outputs; open where the replica's outputs are not finite. */
    Expected gradient(HostTensor outputs, HostTensor targets) {
        if (!allFinite(outputs)) {
            return Expected.anything(n * k);
        }
        Rounded[] elements = new Rounded[n * k];
        Rounded factor = Rounded.once(outputs.dtype(), scale);
        for (int example = 0; example < n; example++) {
            Rounded sum = kind == LossKind.SOFTMAX_CROSS_ENTROPY ? expSum(outputs, example) : factor;
            for (int q = 0; q < k; q++) {
                int i = example * k + q;
                Rounded slope = kind == LossKind.SOFTMAX_CROSS_ENTROPY
                        ? probability(outputs, example, q, sum).minus(indicator(targets, example, q, outputs.dtype()))
                        : slope(outputs.get(i), targets.get(i), outputs.dtype());
                elements[i] = slope.times(factor);
            }
        }
        return withoutUnlabelled(Expected.of(elements), targets);
    }

    Expected withoutUnlabelled(Expected gradient, HostTensor targets) {
        for (int example = 0; example < n; example++) {
            if (!labelled(targets, example, example + 1)) {
                Arrays.fill(gradient.bounds(), example * k, (example + 1) * k, Expected.NOT_FINITE);
            }
        }
        return gradient;
    }

    private Rounded probability(HostTensor outputs, int example, int q, Rounded sum) {
        return shifted(outputs, example, q).exp().over(sum);
    }

    private static Rounded indicator(HostTensor targets, int example, int q, DType type) {
        return Rounded.exact(type, targets.ints()[example] == q ? 1 : 0);
    }

    private Rounded slope(double o, double t, DType type) {
        Rounded one = Rounded.exact(type, 1);
        return switch (kind) {
            case SQUARED -> Rounded.exact(type, 2).times(Rounded.exact(type, o).minus(Rounded.exact(type, t)));
            case LOGISTIC -> Rounded.exact(type, -t).times(sigmoid(-t * o, type));
            case HINGE -> Rounded.exact(type, t * o < 1 ? -t : 0);
            case SOFTMAX_CROSS_ENTROPY -> one;
        };
    }

    /** 1 / (1 + exp(-a)) for a > 0, exp(a) / (1 + exp(a)) else: neither overflows. */
    private static Rounded sigmoid(double a, DType type) {
        Rounded one = Rounded.exact(type, 1);
        Rounded decay = Rounded.exact(type, -Math.abs(a)).exp();
        return (a > 0 ? one : decay).over(one.plus(decay));
    }
}

package dev.rectifier.conformance;

import dev.rectifier.engine.LossKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;

/**
 * The second derivative of a loss in the outputs of one replica, applied to a tangent u, with errors followed through the
 * arithmetic of the element type.
 *
 * @param loss which, with its sizes and scale
 */
record LossTangentOracle(LossOracle loss) {
    /** Open where the replica's outputs are not finite. */
    Expected tangent(HostTensor outputs, HostTensor targets, HostTensor along) {
        int count = loss.n() * loss.k();
        if (!LossOracle.allFinite(outputs)) {
            return Expected.anything(count);
        }
        Rounded factor = Rounded.once(outputs.dtype(), loss.scale());
        Rounded[] elements = new Rounded[count];
        for (int example = 0; example < loss.n(); example++) {
            Rounded[] curved = loss.kind() == LossKind.SOFTMAX_CROSS_ENTROPY
                    ? softmax(outputs, along, example)
                    : elementwise(outputs, targets, along, example);
            for (int q = 0; q < loss.k(); q++) {
                elements[example * loss.k() + q] = curved[q].times(factor);
            }
        }
        return loss.withoutUnlabelled(Expected.of(elements), targets);
    }

    /** p (u - sum_j p_j u_j). */
    private Rounded[] softmax(HostTensor outputs, HostTensor along, int example) {
        Rounded total = loss.expSum(outputs, example);
        Rounded[] e = new Rounded[loss.k()];
        Rounded[] u = new Rounded[loss.k()];
        for (int q = 0; q < loss.k(); q++) {
            e[q] = loss.shifted(outputs, example, q).exp();
            u[q] = Rounded.exact(outputs.dtype(), along.get(example * loss.k() + q));
        }
        Rounded mean = Rounded.inner(Rounded.exact(outputs.dtype(), 0), e, u).over(total);
        Rounded[] curved = new Rounded[loss.k()];
        for (int q = 0; q < loss.k(); q++) {
            curved[q] = e[q].over(total).times(u[q].minus(mean));
        }
        return curved;
    }

    private Rounded[] elementwise(HostTensor outputs, HostTensor targets, HostTensor along, int example) {
        Rounded[] curved = new Rounded[loss.k()];
        for (int q = 0; q < loss.k(); q++) {
            int i = example * loss.k() + q;
            Rounded second = second(targets.get(i) * outputs.get(i), outputs.dtype());
            curved[q] = second.times(Rounded.exact(outputs.dtype(), along.get(i)));
        }
        return curved;
    }

    /** s (1 - s) = exp(-|m|) / (1 + exp(-|m|))^2 of the logistic loss; its margin m = t o is exact because t is -1 or 1. */
    private Rounded second(double margin, DType type) {
        if (loss.kind() == LossKind.LOGISTIC) {
            Rounded decay = Rounded.exact(type, -Math.abs(margin)).exp();
            Rounded sum = Rounded.exact(type, 1).plus(decay);
            return decay.over(sum.times(sum));
        }
        return Rounded.exact(type, loss.kind() == LossKind.SQUARED ? 2 : 0);
    }

    /** factor g (g . u), example by example. */
    Expected outer(HostTensor gradient, HostTensor along) {
        DType type = gradient.dtype();
        Rounded[] elements = new Rounded[loss.n() * loss.k()];
        for (int first = 0; first < elements.length; first += loss.k()) {
            Rounded[] g = row(gradient, first);
            Rounded times =
                    Rounded.inner(Rounded.exact(type, 0), g, row(along, first)).times(Rounded.once(type, loss.scale()));
            for (int q = 0; q < loss.k(); q++) {
                elements[first + q] = times.times(g[q]);
            }
        }
        return Expected.of(elements);
    }

    private Rounded[] row(HostTensor values, int first) {
        Rounded[] row = new Rounded[loss.k()];
        for (int q = 0; q < loss.k(); q++) {
            row[q] = Rounded.exact(values.dtype(), values.get(first + q));
        }
        return row;
    }
}

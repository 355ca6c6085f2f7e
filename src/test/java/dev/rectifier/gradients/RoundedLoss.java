package dev.rectifier.gradients;

import dev.rectifier.conformance.Rounded;
import dev.rectifier.engine.LossKind;
import dev.rectifier.tensor.DType;
import java.util.Arrays;
import java.util.Comparator;

/** d loss / d output of the examples of one replica of a {@link Problem}, with the errors an engine may make. */
record RoundedLoss(Problem problem, int replica, DType type) {
    /** [n][k], for outputs [n][k] that are themselves not exact. */
    Rounded[][] slopes(Rounded[][] outputs) {
        Rounded[][] slopes = new Rounded[outputs.length][];
        for (int n = 0; n < outputs.length; n++) {
            slopes[n] = problem.kind() == LossKind.SOFTMAX_CROSS_ENTROPY
                    ? crossEntropy(n, outputs[n])
                    : each(n, outputs[n]);
        }
        return slopes;
    }

    private Rounded exact(double value) {
        return Rounded.exact(type, value);
    }

    private Rounded scale() {
        return Rounded.once(type, problem.scale());
    }

    private Rounded[] each(int n, Rounded... outputs) {
        Rounded[] slopes = new Rounded[outputs.length];
        for (int k = 0; k < slopes.length; k++) {
            double target = problem.targets().get((replica * Problem.EXAMPLES + n) * outputs.length + k);
            slopes[k] = slope(outputs[k], exact(target)).times(scale());
        }
        return slopes;
    }

    /** Targets of logistic and hinge are -1 or 1. */
    private Rounded slope(Rounded output, Rounded target) {
        return switch (problem.kind()) {
            case SQUARED -> exact(2).times(output.minus(target));
            case LOGISTIC -> exact(0).minus(target).times(sigmoid(exact(0).minus(target.times(output))));
            case HINGE -> target.times(output).value() < 1 ? exact(0).minus(target) : exact(0);
            case SOFTMAX_CROSS_ENTROPY -> throw new AssertionError("not a loss of single outputs");
        };
    }

    /** 1 / (1 + exp(-a)) for a > 0, exp(a) / (1 + exp(a)) else. */
    private Rounded sigmoid(Rounded a) {
        Rounded decay = (a.value() > 0 ? exact(0).minus(a) : a).exp();
        return (a.value() > 0 ? exact(1) : decay).over(exact(1).plus(decay));
    }

    private Rounded[] crossEntropy(int n, Rounded... outputs) {
        int label = problem.targets().ints()[replica * Problem.EXAMPLES + n];
        Rounded largest = Arrays.stream(outputs)
                .max(Comparator.comparingDouble(Rounded::value))
                .orElseThrow();
        Rounded[] weights =
                Arrays.stream(outputs).map(o -> o.minus(largest).exp()).toArray(Rounded[]::new);
        Rounded sum = Arrays.stream(weights).reduce(exact(0), Rounded::plus);
        Rounded[] slopes = new Rounded[outputs.length];
        for (int k = 0; k < slopes.length; k++) {
            slopes[k] = weights[k].over(sum).minus(exact(k == label ? 1 : 0)).times(scale());
        }
        return slopes;
    }
}

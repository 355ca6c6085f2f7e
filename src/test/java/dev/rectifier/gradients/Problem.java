package dev.rectifier.gradients;

import dev.rectifier.engine.LossKind;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * A loss of a network at a point, for R replicas that share nothing. All numbers are fp64 and representable in fp32.
 *
 * @param spec the network
 * @param kind its loss
 * @param parameters [R, P]
 * @param x [R, N, D]
 * @param targets [R, N, K], or I32 labels [R, N]
 */
record Problem(MlpSpec spec, LossKind kind, HostTensor parameters, HostTensor x, HostTensor targets) {
    static final int REPLICAS = 2;
    static final int EXAMPLES = 4;

    static Problem draw(MlpSpec spec, LossKind kind, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DoubleSupplier uniform = () -> (float) random.nextDouble(-1, 1);
        HostTensor parameters =
                filled(uniform, REPLICAS, ParameterLayout.of(spec).size());
        HostTensor x = filled(uniform, REPLICAS, EXAMPLES, spec.inputs());
        HostTensor targets = switch (kind) {
            case SQUARED -> filled(uniform, REPLICAS, EXAMPLES, spec.outputs());
            case LOGISTIC, HINGE -> filled(() -> random.nextBoolean() ? 1 : -1, REPLICAS, EXAMPLES, spec.outputs());
            case SOFTMAX_CROSS_ENTROPY -> labels(random, spec.outputs());
        };
        return new Problem(spec, kind, parameters, x, targets);
    }

    private static HostTensor filled(DoubleSupplier source, long... extents) {
        HostTensor tensor = HostTensor.zeros(DType.F64, Shape.of(extents));
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, source.getAsDouble());
        }
        return tensor;
    }

    private static HostTensor labels(SplittableRandom random, int classes) {
        HostTensor labels = HostTensor.zeros(DType.I32, Shape.of(REPLICAS, EXAMPLES));
        for (int i = 0; i < labels.length(); i++) {
            labels.set(i, random.nextInt(classes));
        }
        return labels;
    }

    /** Number of parameters of one replica. */
    int size() {
        return Math.toIntExact(parameters.shape().dim(1));
    }

    /** 1 / N for the cross-entropy, 1 / (N K) for the others: PyTorch's means. */
    double scale() {
        return 1.0 / (kind == LossKind.SOFTMAX_CROSS_ENTROPY ? EXAMPLES : EXAMPLES * spec.outputs());
    }

    Problem withParameters(HostTensor newParameters) {
        return new Problem(spec, kind, newParameters, x, targets);
    }

    /** Parameter {@code i} of every replica moved by {@code h}. */
    Problem moved(int i, double h) {
        HostTensor values = HostTensor.of(parameters.shape(), parameters.toDoubles());
        for (int r = 0; r < REPLICAS; r++) {
            values.set(r * size() + i, values.get(r * size() + i) + h);
        }
        return withParameters(values);
    }

    @Override
    public String toString() {
        return kind + " of " + spec.inputs() + " " + spec.hidden() + " " + spec.outputs();
    }
}

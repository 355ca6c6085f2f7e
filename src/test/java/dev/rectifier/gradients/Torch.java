package dev.rectifier.gradients;

import dev.rectifier.engine.LossKind;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Assumptions;

/** libtorch as a second opinion: the same networks from tensors, gradients by its autograd. All in fp64. */
public final class Torch {
    private Torch() {}

    /** Skips the test, saying why, where libtorch's native half is not on the class path. */
    public static void assumePresent() {
        try {
            Loader.load(torch.class);
            torch.set_num_threads(1);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            Assumptions.abort("libtorch has no native half here, so nothing is compared with it: " + e.getMessage());
        }
    }

    /** Of fp64 numbers, row-major. */
    public static Tensor tensor(double[] values, Shape shape) {
        return Tensor.create(values, shape.extents());
    }

    /** Its fp64 numbers, row-major. */
    public static double[] values(Tensor tensor) {
        DoubleBuffer buffer = tensor.contiguous().createBuffer();
        double[] values = new double[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    /** Gradient [R, P] of every replica's loss. */
    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    static double[] gradient(Problem problem) {
        double[] gradient = new double[problem.parameters().length()];
        for (int r = 0; r < Problem.REPLICAS; r++) {
            try (PointerScope scope = new PointerScope()) {
                System.arraycopy(gradient(problem, r), 0, gradient, r * problem.size(), problem.size());
            }
        }
        return gradient;
    }

    private static double[] gradient(Problem problem, int r) {
        List<Tensor> parts = new ArrayList<>();
        for (ParameterLayout.Slot slot : ParameterLayout.of(problem.spec()).slots()) {
            double[] values = block(problem.parameters(), r, Math.toIntExact(slot.offset()), (int) slot.size());
            parts.add(tensor(values, slot.shape()).set_requires_grad(true));
        }
        loss(problem, r, output(problem, r, parts)).backward();
        double[] flat = new double[problem.size()];
        int at = 0;
        for (Tensor part : parts) {
            double[] values = values(part.grad());
            System.arraycopy(values, 0, flat, at, values.length);
            at += values.length;
        }
        return flat;
    }

    private static double[] block(HostTensor values, int r, int from, int length) {
        int block = Math.toIntExact(values.shape().tail().size());
        double[] part = new double[length];
        for (int i = 0; i < length; i++) {
            part[i] = values.get(r * block + from + i);
        }
        return part;
    }

    private static Tensor whole(HostTensor values, int r) {
        Shape shape = values.shape().tail();
        return tensor(block(values, r, 0, Math.toIntExact(shape.size())), shape);
    }

    private static Tensor output(Problem problem, int r, List<Tensor> parts) {
        Tensor f = whole(problem.x(), r);
        for (int l = 0; l < problem.spec().layers(); l++) {
            Tensor z = torch.linear(f, parts.get(2 * l), new TensorOptional(parts.get(2 * l + 1)));
            f = l + 1 < problem.spec().layers() ? torch.relu(z) : z;
        }
        return f;
    }

    private static Tensor loss(Problem problem, int r, Tensor output) {
        if (problem.kind() == LossKind.SOFTMAX_CROSS_ENTROPY) {
            long[] labels = new long[Problem.EXAMPLES];
            for (int n = 0; n < labels.length; n++) {
                labels[n] = problem.targets().ints()[r * Problem.EXAMPLES + n];
            }
            return loss(problem.kind(), output, Tensor.create(labels));
        }
        return loss(problem.kind(), output, whole(problem.targets(), r));
    }

    /** A mean as PyTorch takes it; targets are classes (I64) for the cross-entropy. */
    static Tensor loss(LossKind kind, Tensor output, Tensor target) {
        return switch (kind) {
            case SQUARED -> torch.mse_loss(output, target);
            case LOGISTIC -> torch.soft_margin_loss(output, target);
            case HINGE -> hinge(output.mul(target));
            case SOFTMAX_CROSS_ENTROPY -> torch.cross_entropy_loss(output, target);
        };
    }

    private static Tensor hinge(Tensor margins) {
        Tensor gap = margins.neg().add(new Scalar(1.0));
        return torch.clamp_min(gap, new Scalar(0.0)).mean();
    }
}

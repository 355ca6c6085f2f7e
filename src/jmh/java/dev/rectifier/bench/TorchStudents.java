package dev.rectifier.bench;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The peer: R two-layer ReLU students trained by SGD in libtorch (eager), batched over replicas by products on
 * [R, ., .] tensors. Once with autograd, as a user would write it, and once with the gradient written out by hand, which
 * spares libtorch its graph.
 *
 * <p>y = relu(x W1^T + b1) W2^T + b2, loss = mean over the batch of (y - t)^2, summed over replicas so that each replica
 * receives its own gradient.
 */
@SuppressWarnings("try") // scopes and gradient modes act by being open
final class TorchStudents implements AutoCloseable {
    private final PointerScope scope = new PointerScope();
    private final Tensor[] parameters;
    private final Tensor[] inputs;
    private final Tensor[] targets;
    private final Scalar rate;
    private final double gradientScale;

    /** Draws {@code batches} batches beforehand, so that no data is made while the clock runs. */
    TorchStudents(StudentShape shape, int batches, double learningRate) {
        long r = shape.replicas();
        parameters = new Tensor[] {
            leaf(shape.inputs(), r, shape.inputs(), shape.hidden()),
            leaf(shape.inputs(), r, 1, shape.hidden()),
            leaf(shape.hidden(), r, shape.hidden(), shape.outputs()),
            leaf(shape.hidden(), r, 1, shape.outputs())
        };
        inputs = new Tensor[batches];
        targets = new Tensor[batches];
        for (int i = 0; i < batches; i++) {
            inputs[i] = torch.randn(r, shape.batch(), shape.inputs());
            targets[i] = torch.randn(r, shape.batch(), shape.outputs());
        }
        rate = new Scalar(learningRate);
        gradientScale = 2.0 / ((double) shape.batch() * shape.outputs());
    }

    private static Tensor leaf(long fanIn, long... sizes) {
        return torch.randn(sizes).mul_(new Scalar(1 / Math.sqrt((double) fanIn))).set_requires_grad(true);
    }

    /** One step by autograd. */
    void stepAutograd(int step) {
        try (PointerScope ignored = new PointerScope()) {
            Tensor hidden = hidden(step).relu();
            Tensor outputs = torch.baddbmm(parameters[3], hidden, parameters[2]);
            Tensor error = outputs.sub(target(step));
            error.square().sum().mul(new Scalar(gradientScale / 2)).backward();
            try (AutoGradMode off = new AutoGradMode(false)) {
                for (Tensor parameter : parameters) {
                    Tensor gradient = parameter.mutable_grad();
                    parameter.sub_(gradient, rate);
                    gradient.zero_();
                }
            }
        }
    }

    /** One step with the gradient written out. */
    void stepByHand(int step) {
        try (PointerScope ignored = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            Tensor hidden = hidden(step).relu();
            Tensor outputs = torch.baddbmm(parameters[3], hidden, parameters[2]);
            Tensor dOutput = outputs.sub(target(step)).mul_(new Scalar(gradientScale));
            Tensor dHidden = dOutput.matmul(parameters[2].transpose(1, 2)).mul_(hidden.gt(new Scalar(0)));
            descend(2, hidden, dOutput);
            descend(0, inputs[step % inputs.length], dHidden);
        }
    }

    private void descend(int layer, Tensor below, Tensor delta) {
        parameters[layer].sub_(below.transpose(1, 2).matmul(delta), rate);
        parameters[layer + 1].sub_(delta.sum(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional()), rate);
    }

    private Tensor hidden(int step) {
        return torch.baddbmm(parameters[1], inputs[step % inputs.length], parameters[0]);
    }

    private Tensor target(int step) {
        return targets[step % targets.length];
    }

    @Override
    public void close() {
        scope.close();
    }
}

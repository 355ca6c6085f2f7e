package dev.rectifier.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The peer: the same perceptron and cross-entropy in libtorch; Hessian products by its autograd twice. */
@SuppressWarnings("try") // scopes act by being open
final class TorchPerceptron implements AutoCloseable {
    private final PointerScope scope = new PointerScope();
    private final List<Tensor> parameters = new ArrayList<>();
    private final List<Tensor> direction = new ArrayList<>();
    private final Tensor x;
    private final Tensor labels;
    private final Tensor along;

    TorchPerceptron(CurvatureBenchmark.Given given, int threads) {
        torch.set_num_threads(threads);
        long[] widths = given.widths();
        int at = 0;
        for (int l = 1; l < widths.length; l++) {
            int weights = Math.toIntExact(widths[l] * widths[l - 1]);
            addPart(given, at, weights, widths[l], widths[l - 1]);
            addPart(given, at + weights, (int) widths[l], widths[l]);
            at += weights + (int) widths[l];
        }
        x = Tensor.create(given.x()).reshape(given.examples(), widths[0]);
        labels = Tensor.create(Arrays.stream(given.labels()).asLongStream().toArray());
        along = slope(gradient(loss(), true));
    }

    private void addPart(CurvatureBenchmark.Given given, int from, int count, long... sizes) {
        float[] part = Arrays.copyOfRange(given.parameters(), from, from + count);
        parameters.add(Tensor.create(part).reshape(sizes).set_requires_grad(true));
        direction.add(Tensor.create(Arrays.copyOfRange(given.direction(), from, from + count))
                .reshape(sizes));
    }

    private Tensor loss() {
        Tensor f = x;
        for (int i = 0; i < parameters.size(); i += 2) {
            Tensor z = torch.linear(f, parameters.get(i), new TensorOptional(parameters.get(i + 1)));
            f = i + 2 < parameters.size() ? z.relu() : z;
        }
        return torch.cross_entropy_loss(f, labels);
    }

    private TensorVector gradient(Tensor of, boolean kept) {
        TensorVector inputs = new TensorVector(parameters.toArray(Tensor[]::new));
        return torch.grad(new TensorVector(of), inputs, new TensorVector(), new BoolOptional(kept), kept, false);
    }

    /** The gradient's component along the direction. */
    private Tensor slope(TensorVector gradient) {
        Tensor sum = gradient.get(0).mul(direction.get(0)).sum();
        for (int i = 1; i < direction.size(); i++) {
            sum = sum.add(gradient.get(i).mul(direction.get(i)).sum());
        }
        return sum;
    }

    void gradient() {
        try (PointerScope temporaries = new PointerScope()) {
            gradient(loss(), false);
        }
    }

    void hessian() {
        try (PointerScope temporaries = new PointerScope()) {
            gradient(slope(gradient(loss(), true)), false);
        }
    }

    void hessianKept() {
        try (PointerScope temporaries = new PointerScope()) {
            TensorVector inputs = new TensorVector(parameters.toArray(Tensor[]::new));
            torch.grad(new TensorVector(along), inputs, new TensorVector(), new BoolOptional(true), false, false);
        }
    }

    /** The product, parameter after parameter. */
    double[] hessianProduct() {
        try (PointerScope temporaries = new PointerScope()) {
            TensorVector parts = gradient(slope(gradient(loss(), true)), false);
            List<Double> all = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                Tensor flat = parts.get(i).contiguous();
                float[] values = new float[Math.toIntExact(flat.numel())];
                new FloatPointer(flat.data_ptr_float()).get(values);
                for (float value : values) {
                    all.add((double) value);
                }
            }
            return all.stream().mapToDouble(d -> d).toArray();
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}

package dev.rectifier.gradients;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.NamedLayer;
import dev.rectifier.model.ParameterLayout.Slot;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** One replica of a chain in libtorch, by the names of its tensors; derivatives by its autograd, twice for the Hessian. */
final class TorchChain {
    private final ChainPoint point;
    private final Map<String, Tensor> named = new HashMap<>();
    private final List<Tensor> parameters = new ArrayList<>();

    private TorchChain(ChainPoint point, int replica) {
        this.point = point;
        for (Slot slot : point.spec().layout().slots()) {
            Tensor part = part(point.parameters(), replica, slot).set_requires_grad(true);
            parameters.add(part);
            named.put(slot.name(), part);
        }
        for (Slot slot : point.spec().state().slots()) {
            named.put(slot.name(), part(point.state(), replica, slot));
        }
    }

    private static Tensor part(HostTensor flat, int replica, Slot slot) {
        int from = Math.toIntExact(replica * flat.shape().dim(1) + slot.offset());
        double[] values = Arrays.copyOfRange(flat.toDoubles(), from, from + Math.toIntExact(slot.size()));
        return Torch.tensor(values, slot.shape());
    }

    private static Tensor rows(HostTensor values, int replica, Shape shape) {
        int block = values.length() / ChainPoint.REPLICAS;
        double[] all = values.toDoubles();
        return Torch.tensor(Arrays.copyOfRange(all, replica * block, (replica + 1) * block), shape);
    }

    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    static ChainPoint.Passes of(ChainPoint point) {
        double[][] parts = new double[5][0];
        for (int r = 0; r < ChainPoint.REPLICAS; r++) {
            try (PointerScope scope = new PointerScope()) {
                double[][] one = new TorchChain(point, r).run(r);
                for (int i = 0; i < parts.length; i++) {
                    parts[i] = joined(parts[i], one[i]);
                }
            }
        }
        return new ChainPoint.Passes(parts[0], parts[1], parts[2], parts[3], parts[4]);
    }

    /** Replica 0 with another loss of the outputs: loss, outputs, gradient, Hessian product, state. */
    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    static double[][] of(ChainPoint point, UnaryOperator<Tensor> loss) {
        try (PointerScope scope = new PointerScope()) {
            return new TorchChain(point, 0).run(0, loss);
        }
    }

    private double[][] run(int r) {
        Shape outputs = Shape.of(ChainPoint.EXAMPLES, point.spec().outputs());
        return run(
                r,
                output -> output.sub(rows(point.targets(), r, outputs))
                        .square()
                        .sum()
                        .mul(new Scalar(0.5)));
    }

    private double[][] run(int r, UnaryOperator<Tensor> lossOf) {
        ChainSpec spec = point.spec();
        Tensor x = rows(point.x(), r, spec.input().prepend(ChainPoint.EXAMPLES));
        Tensor output = chain("", spec.layers(), x);
        Tensor loss = lossOf.apply(output);
        TensorVector gradient = derivative(loss);
        double[] product = flat(derivative(inner(gradient, r)));
        double[] state = new double[0];
        for (Slot slot : spec.state().slots()) {
            state = joined(state, Torch.values(get(slot.name())));
        }
        return new double[][] {Torch.values(loss), Torch.values(output), flat(gradient), product, state};
    }

    private TensorVector derivative(Tensor of) {
        TensorVector inputs = new TensorVector(parameters.toArray(Tensor[]::new));
        return torch.grad(new TensorVector(of), inputs, new TensorVector(), new BoolOptional(true), true, true);
    }

    /** The gradient's component along the direction. */
    private Tensor inner(TensorVector gradient, int replica) {
        Tensor sum = Torch.tensor(new double[1], Shape.of(1));
        List<Slot> slots = point.spec().layout().slots();
        for (int i = 0; i < slots.size(); i++) {
            sum = sum.add(gradient.get(i)
                    .mul(part(point.direction(), replica, slots.get(i)))
                    .sum());
        }
        return sum;
    }

    /** Where nothing depends on a parameter, libtorch gives no tensor: zeros. */
    private double[] flat(TensorVector parts) {
        double[] all = new double[0];
        for (int i = 0; i < parts.size(); i++) {
            int size = Math.toIntExact(parameters.get(i).numel());
            all = joined(all, parts.get(i).defined() ? Torch.values(parts.get(i)) : new double[size]);
        }
        return all;
    }

    private static double[] joined(double[] a, double[] b) {
        double[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private Tensor get(String name) {
        Tensor tensor = named.get(name);
        if (tensor == null) {
            throw new AssertionError("no tensor " + name);
        }
        return tensor;
    }

    private TensorOptional optional(String name) {
        return named.containsKey(name) ? new TensorOptional(get(name)) : new TensorOptional();
    }

    private Tensor chain(String prefix, List<NamedLayer> layers, Tensor x) {
        Tensor f = x;
        for (NamedLayer layer : layers) {
            f = layer(prefix + layer.name(), layer.layer(), f);
        }
        return f;
    }

    private Tensor layer(String name, LayerSpec spec, Tensor x) {
        if (spec instanceof LayerSpec.Linear linear) {
            return linear(name, linear, x);
        } else if (spec instanceof LayerSpec.Relu) {
            return torch.relu(x);
        } else if (spec instanceof LayerSpec.Flatten) {
            return x.reshape(x.size(0), -1);
        } else if (spec instanceof LayerSpec.BatchNorm norm) {
            return torch.batch_norm(
                    x,
                    optional(name + ".weight"),
                    optional(name + ".bias"),
                    optional(name + ".running_mean"),
                    optional(name + ".running_var"),
                    norm.mode().orElse(point.mode()) == Mode.TRAINING,
                    norm.momentum(),
                    norm.eps(),
                    false);
        } else if (spec instanceof LayerSpec.Residual block) {
            Tensor through = chain(name + ".", block.body(), x);
            return through.add(chain(name + ".", block.shortcut(), x));
        }
        return pool(spec, x);
    }

    private Tensor linear(String name, LayerSpec.Linear spec, Tensor x) {
        if (spec instanceof LayerSpec.WeightNormed normed) {
            Tensor v = get(name + ".weight_v");
            Tensor length = v.reshape(v.size(0), -1)
                    .square()
                    .sum(1)
                    .sqrt()
                    .reshape(get(name + ".weight_g").sizes());
            return product(
                    name, normed.layer(), x, v.mul(get(name + ".weight_g")).div(length));
        }
        return product(name, spec, x, get(name + ".weight"));
    }

    private Tensor product(String name, LayerSpec.Linear spec, Tensor x, Tensor w) {
        if (spec instanceof LayerSpec.Conv conv) {
            long[] stride = {conv.stride(), conv.stride()};
            long[] padding = {conv.padding(), conv.padding()};
            return torch.conv2d(x, w, optional(name + ".bias"), stride, padding, new long[] {1, 1}, 1);
        }
        return torch.linear(x, w, optional(name + ".bias"));
    }

    private static Tensor pool(LayerSpec spec, Tensor x) {
        if (spec instanceof LayerSpec.MaxPool max) {
            return torch.max_pool2d(x, both(max.size()), both(max.stride()), both(max.padding()), both(1), false);
        } else if (spec instanceof LayerSpec.AvgPool average) {
            return torch.avg_pool2d(
                    x, both(average.size()), both(average.stride()), both(0), false, true, new LongOptional());
        } else if (spec instanceof LayerSpec.GlobalAvgPool) {
            return x.mean(new long[] {2, 3}, true, new ScalarTypeOptional());
        }
        throw new AssertionError("no such layer in libtorch here: " + spec);
    }

    private static long[] both(long extent) {
        return new long[] {extent, extent};
    }
}

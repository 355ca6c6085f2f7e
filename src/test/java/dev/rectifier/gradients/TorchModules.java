package dev.rectifier.gradients;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.NamedLayer;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.StringTensorDict;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A chain as libtorch's own modules, registered in each other under the words of their names, in fp64. */
final class TorchModules {
    private final ChainSpec spec;
    private final Module root = new Module();
    private final Map<String, Module> nodes = new HashMap<>();

    TorchModules(ChainSpec spec) {
        this.spec = spec;
        nodes.put("", root);
        register("", spec.layers(), spec.input());
        root.to(torch.ScalarType.Double, false);
    }

    private void register(String prefix, List<NamedLayer> layers, Shape input) {
        Shape now = input;
        for (NamedLayer named : layers) {
            String name = prefix + named.name();
            LayerSpec layer = named.layer();
            if (layer instanceof LayerSpec.Conv conv) {
                put(name, new Conv2dImpl(options(conv, now.dim(0))));
            } else if (layer instanceof LayerSpec.Dense dense) {
                LinearOptions options = new LinearOptions(now.dim(0), dense.units());
                options.bias().put(dense.bias());
                put(name, new LinearImpl(options));
            } else if (layer instanceof LayerSpec.BatchNorm norm) {
                BatchNormOptions options = new BatchNormOptions(now.dim(0));
                options.eps().put(norm.eps());
                options.affine().put(norm.affine());
                put(name, new BatchNorm2dImpl(options));
            } else if (layer instanceof LayerSpec.Residual block) {
                register(name + ".", block.body(), now);
                register(name + ".", block.shortcut(), now);
            }
            now = layer.output(now);
        }
    }

    private static Conv2dOptions options(LayerSpec.Conv conv, long channels) {
        Conv2dOptions options = new Conv2dOptions(channels, conv.channels(), both(conv.kernel()));
        options.stride().put(0, conv.stride()).put(1, conv.stride());
        options.padding().put(both(conv.padding()));
        options.bias().put(conv.bias());
        return options;
    }

    private static LongPointer both(long value) {
        return new LongPointer(value, value);
    }

    private void put(String name, Module module) {
        int dot = name.lastIndexOf('.');
        node(dot < 0 ? "" : name.substring(0, dot)).register_module(name.substring(dot + 1), module);
        nodes.put(name, module);
    }

    /** The module of this name, made empty if there is none. */
    private Module node(String name) {
        if (!nodes.containsKey(name)) {
            put(name, new Module());
        }
        return get(name);
    }

    private Module get(String name) {
        return Objects.requireNonNull(nodes.get(name), name);
    }

    /** libtorch's own state_dict: its parameters and its buffers, counters of batches among them. */
    Map<String, HostTensor> stateDict() {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        live().forEach((name, tensor) -> tensors.put(name, host(tensor)));
        return tensors;
    }

    private Map<String, Tensor> live() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (StringTensorDict dict : List.of(root.named_parameters(), root.named_buffers())) {
            for (long i = 0; i < dict.size(); i++) {
                tensors.put(dict.get(i).key().getString(), dict.get(i).value());
            }
        }
        return tensors;
    }

    private static HostTensor host(Tensor tensor) {
        Tensor values = tensor.detach().contiguous();
        long[] extents = new long[Math.toIntExact(values.dim())];
        for (int i = 0; i < extents.length; i++) {
            extents[i] = values.size(i);
        }
        if (values.scalar_type() == torch.ScalarType.Long) {
            HostTensor counter = HostTensor.zeros(DType.I64, Shape.of(extents));
            counter.longs()[0] = values.item_long();
            return counter;
        }
        return HostTensor.rounded(DType.F64, Shape.of(extents), Torch.values(values));
    }

    /** Puts tensors in by name; every parameter and every running moment must be there. */
    void load(Map<String, HostTensor> tensors) {
        live().forEach((name, target) -> {
            if (!name.endsWith("num_batches_tracked")) {
                HostTensor values = Objects.requireNonNull(tensors.get(name), name);
                target.detach().copy_(Torch.tensor(values.toDoubles(), values.shape()));
            }
        });
    }

    Tensor evaluate(Tensor x) {
        root.eval();
        return chain("", spec.layers(), x);
    }

    /** A forward pass that moves the running moments. */
    void look(Tensor x) {
        root.train(true);
        chain("", spec.layers(), x);
    }

    private Tensor chain(String prefix, List<NamedLayer> layers, Tensor x) {
        Tensor f = x;
        for (NamedLayer named : layers) {
            f = layer(prefix + named.name(), named.layer(), f);
        }
        return f;
    }

    private Tensor layer(String name, LayerSpec layer, Tensor x) {
        if (layer instanceof LayerSpec.Conv) {
            return ((Conv2dImpl) get(name)).forward(x);
        } else if (layer instanceof LayerSpec.Dense) {
            return ((LinearImpl) get(name)).forward(x);
        } else if (layer instanceof LayerSpec.BatchNorm) {
            return ((BatchNorm2dImpl) get(name)).forward(x);
        } else if (layer instanceof LayerSpec.Residual block) {
            Tensor past = chain(name + ".", block.shortcut(), x);
            return chain(name + ".", block.body(), x).add(past);
        } else if (layer instanceof LayerSpec.Relu) {
            return torch.relu(x);
        } else if (layer instanceof LayerSpec.Flatten) {
            return x.reshape(x.size(0), -1);
        } else if (layer instanceof LayerSpec.MaxPool max) {
            long[] one = {1, 1};
            return torch.max_pool2d(x, two(max.size()), two(max.stride()), two(max.padding()), one, false);
        }
        return x.mean(new long[] {2, 3}, true, new ScalarTypeOptional());
    }

    private static long[] two(long value) {
        return new long[] {value, value};
    }
}

package dev.rectifier.study.luckmatters;

import dev.rectifier.model.Activation;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;

/** Bias-free two-layer networks as the engine's flat parameters. */
final class FlatNets {
    private FlatNets() {}

    /** The spec of a network without biases. */
    static MlpSpec spec(TwoLayer net) {
        return new MlpSpec(
                net.incoming(0).length,
                List.of(net.width()),
                net.fanOut(0).length,
                false,
                Activation.RELU,
                InitSchemes.TORCH_DEFAULT,
                Parametrisation.STANDARD);
    }

    /** The same network for each of R replicas: [R, P]. */
    static HostTensor parameters(TwoLayer net, DType dtype, int replicas) {
        MlpSpec spec = spec(net);
        ParameterLayout layout = ParameterLayout.of(spec);
        int size = Math.toIntExact(layout.size());
        HostTensor result = HostTensor.zeros(dtype, Shape.of(replicas, size));
        for (int r = 0; r < replicas; r++) {
            write(net, spec, layout, result, r * size);
        }
        return result;
    }

    private static void write(TwoLayer net, MlpSpec spec, ParameterLayout layout, HostTensor result, int base) {
        int incoming = base + Math.toIntExact(layout.weight(0).offset());
        int fanOut = base + Math.toIntExact(layout.weight(1).offset());
        for (int j = 0; j < net.width(); j++) {
            for (int d = 0; d < spec.inputs(); d++) {
                result.set(incoming + j * spec.inputs() + d, net.incoming(j)[d]);
            }
            for (int k = 0; k < spec.outputs(); k++) {
                result.set(fanOut + k * net.width() + j, net.fanOut(j)[k]);
            }
        }
    }
}

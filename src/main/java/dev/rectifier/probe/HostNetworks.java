package dev.rectifier.probe;

import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;

/** Reads host networks out of flat parameters. */
public final class HostNetworks {
    private HostNetworks() {}

    /** Replica {@code r} of parameters [R, P], widened to fp64; a layer without bias gets zeros. */
    public static HostNetwork of(MlpSpec spec, HostTensor parameters, int replica) {
        ParameterLayout layout = ParameterLayout.of(spec);
        int base = Math.toIntExact(replica * layout.size());
        List<HostNetwork.Layer> layers = new ArrayList<>();
        for (int l = 0; l < spec.layers(); l++) {
            layers.add(layer(spec, layout, l, parameters, base));
        }
        return new HostNetwork(layers);
    }

    private static HostNetwork.Layer layer(
            MlpSpec spec, ParameterLayout layout, int l, HostTensor parameters, int base) {
        int from = base + Math.toIntExact(layout.weight(l).offset());
        double[][] weight = new double[spec.fanOut(l)][];
        for (int k = 0; k < weight.length; k++) {
            weight[k] = slice(parameters, from + k * spec.fanIn(l), spec.fanIn(l));
        }
        double[] bias = spec.bias()
                ? slice(parameters, base + Math.toIntExact(layout.bias(l).offset()), spec.fanOut(l))
                : new double[spec.fanOut(l)];
        return new HostNetwork.Layer(weight, bias);
    }

    private static double[] slice(HostTensor tensor, int from, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = tensor.get(from + i);
        }
        return values;
    }
}

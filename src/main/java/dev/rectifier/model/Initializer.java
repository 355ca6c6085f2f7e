package dev.rectifier.model;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;

/**
 * Draws starting parameters. They are made on the host in fp64 from fp32 draws and rounded once, so every engine starts
 * from the same bits; a replica's parameters depend on its stream alone, not on the replicas beside it.
 */
public final class Initializer {
    private Initializer() {}

    /**
     * Starting parameters of R networks. O(R P), and O(P min(D, K)) more per replica for orthogonal layers.
     *
     * @param streams per replica
     * @return [R, P], laid out as {@link ParameterLayout} says
     */
    public static HostTensor draw(MlpSpec spec, DType dtype, Streams streams) {
        ParameterLayout layout = ParameterLayout.of(spec);
        HostTensor result = HostTensor.zeros(dtype, Shape.of(streams.replicas(), layout.size()));
        for (int r = 0; r < streams.replicas(); r++) {
            int base = Math.toIntExact(r * layout.size());
            for (int l = 0; l < spec.layers(); l++) {
                LayerBlock block = layer(spec, l, streams.node(), streams.ids().get(r));
                put(result, base + Math.toIntExact(layout.weight(l).offset()), block.weight());
                if (spec.bias()) {
                    put(result, base + Math.toIntExact(layout.bias(l).offset()), block.bias());
                }
            }
        }
        return result;
    }

    private static LayerBlock layer(MlpSpec spec, int l, SeedTree node, int id) {
        LayerBlock block = LayerBlock.zeros(spec.fanIn(l), spec.fanOut(l));
        spec.init().fill(block, new Draws(node.child(l), id));
        double factor = spec.parametrisation().deviation(spec.role(l), spec.fanIn(l));
        for (int i = 0; i < block.weight().length; i++) {
            block.weight()[i] *= factor;
        }
        return block;
    }

    private static void put(HostTensor target, int from, double[] values) {
        for (int i = 0; i < values.length; i++) {
            target.set(from + i, values[i]);
        }
    }
}

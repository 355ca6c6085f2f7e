package dev.rectifier.model;

import dev.rectifier.model.ParameterLayout.Kind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;

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
    public static HostTensor draw(NetworkSpec spec, DType dtype, Streams streams) {
        HostTensor result = HostTensor.zeros(
                dtype, Shape.of(streams.replicas(), spec.layout().size()));
        for (int r = 0; r < streams.replicas(); r++) {
            Draws.Replica replica =
                    new Draws.Replica(streams.node(), streams.ids().get(r));
            Place place = new Place(
                    result, spec.layout(), Math.toIntExact(r * spec.layout().size()));
            if (spec instanceof MlpSpec mlp) {
                fill(place, mlp, replica);
            } else if (spec instanceof ChainSpec chain) {
                fill(place, chain, replica);
            }
        }
        return result;
    }

    /** Running moments of networks that have seen nothing: mean 0, variance 1; F64 [R, S]. */
    public static HostTensor state(NetworkSpec spec, int replicas) {
        ParameterLayout layout = spec.state();
        HostTensor result = HostTensor.zeros(DType.F64, Shape.of(replicas, layout.size()));
        for (int r = 0; r < replicas; r++) {
            Place place = new Place(result, layout, Math.toIntExact(r * layout.size()));
            for (int slot = 0; slot < layout.slots().size(); slot++) {
                if (layout.slots().get(slot).kind() == Kind.VARIANCE) {
                    place.fill(slot, 1);
                }
            }
        }
        return result;
    }

    /** The vector of one replica, within those of all. */
    private record Place(HostTensor target, ParameterLayout layout, int base) {
        void put(int slot, double[] values) {
            int from = base + Math.toIntExact(layout.slots().get(slot).offset());
            for (int i = 0; i < values.length; i++) {
                target.set(from + i, values[i]);
            }
        }

        void fill(int slot, double value) {
            double[] values =
                    new double[Math.toIntExact(layout.slots().get(slot).size())];
            Arrays.fill(values, value);
            put(slot, values);
        }
    }

    private static void fill(Place place, MlpSpec spec, Draws.Replica replica) {
        for (int l = 0; l < spec.layers(); l++) {
            LayerBlock block = layer(spec, l, replica);
            int slot = spec.bias() ? 2 * l : l;
            place.put(slot, block.weight());
            if (spec.bias()) {
                place.put(slot + 1, block.bias());
            }
        }
    }

    /** Draws are numbered by the layers that draw: one more BatchNorm changes nobody's numbers. */
    private static void fill(Place place, ChainSpec spec, Draws.Replica replica) {
        int slot = 0;
        int drawn = 0;
        for (ChainSpec.Leaf leaf : spec.leaves()) {
            if (leaf.layer() instanceof LayerSpec.Linear linear) {
                LayerBlock block = LayerBlock.of(linear.weight(leaf.input()));
                spec.init().fill(block, replica.layer(drawn++));
                for (LayerSpec.Part part : linear.parameters(leaf.input())) {
                    place.put(slot++, block.part(part.kind()));
                }
            } else {
                for (LayerSpec.Part part : leaf.layer().parameters(leaf.input())) {
                    place.fill(slot++, part.kind() == Kind.SCALE ? 1 : 0);
                }
            }
        }
    }

    private static LayerBlock layer(MlpSpec spec, int l, Draws.Replica replica) {
        LayerBlock block = LayerBlock.zeros(spec.fanIn(l), spec.fanOut(l));
        spec.init().fill(block, replica.layer(l));
        double factor = spec.parametrisation().deviation(spec.role(l), spec.fanIn(l));
        for (int i = 0; i < block.weight().length; i++) {
            block.weight()[i] *= factor;
        }
        return block;
    }
}

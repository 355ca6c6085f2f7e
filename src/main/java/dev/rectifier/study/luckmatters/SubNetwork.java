package dev.rectifier.study.luckmatters;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.ParameterLayout.Kind;
import dev.rectifier.model.ParameterLayout.Slot;
import dev.rectifier.model.ParameterMask;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Some nodes of a wide network of {@link ImageNets} as a network of its own, in a narrower one that may have more places than
 * there are nodes. What has no counterpart is 0 and does not move: such a channel puts out 0, whatever its input, and nothing
 * reads it. So the outputs are those of the wide network with all other channels silenced.
 *
 * @param wide the network that nodes are taken from
 * @param narrow the network that they are put into
 * @param kept per layer the nodes that are taken, at most as many as the narrow layer has
 */
record SubNetwork(ChainSpec wide, ChainSpec narrow, List<int[]> kept) {
    SubNetwork {
        kept = List.copyOf(kept);
    }

    /** Told of every element of the narrow vector, and of its counterpart in the wide one or -1. */
    private interface Element {
        void at(Slot slot, int narrow, int wide);
    }

    /** Writes one replica's parameters. */
    void parameters(HostTensor from, int fromReplica, HostTensor to, int toReplica) {
        copy(wide.layout(), from, fromReplica, narrow.layout(), to, toReplica);
    }

    /** Writes one replica's running moments; those of empty places are 0 and 1. */
    void moments(HostTensor from, int fromReplica, HostTensor to, int toReplica) {
        copy(wide.state(), from, fromReplica, narrow.state(), to, toReplica);
    }

    private void copy(
            ParameterLayout wideLayout,
            HostTensor from,
            int fromReplica,
            ParameterLayout narrowLayout,
            HostTensor to,
            int toReplica) {
        int source = Math.toIntExact(fromReplica * wideLayout.size());
        int target = Math.toIntExact(toReplica * narrowLayout.size());
        each(wideLayout, narrowLayout, (slot, at, counterpart) -> {
            double empty = slot.kind() == Kind.VARIANCE ? 1 : 0;
            to.set(target + at, counterpart < 0 ? empty : from.get(source + counterpart));
        });
    }

    /** Which parameters move: those that have a counterpart. */
    ParameterMask mask() {
        ParameterMask mask = ParameterMask.allMove(narrow.layout());
        each(wide.layout(), narrow.layout(), (slot, at, counterpart) -> {
            if (counterpart < 0) {
                mask.freeze(at);
            }
        });
        return mask;
    }

    private void each(ParameterLayout wideLayout, ParameterLayout narrowLayout, Element todo) {
        for (Slot slot : narrowLayout.slots()) {
            each(wideLayout.slot(slot.name()), slot, todo);
        }
    }

    /** A slot is [outputs, inputs, block]: of a convolution's weight the block is its kernel, of the head's the places. */
    private void each(Slot from, Slot to, Element todo) {
        int[] outs = outputs(to);
        int[] ins = inputs(to);
        int rows = Math.toIntExact(to.shape().dim(0));
        int groups = groups(narrow, to);
        int block = Math.toIntExact(to.size() / rows / groups);
        int wideGroups = groups(wide, from);
        for (int at = 0; at < to.size(); at++) {
            int out = counterpart(outs, at / (groups * block));
            int in = counterpart(ins, at / block % groups);
            int wideAt = out < 0 || in < 0 ? -1 : (out * wideGroups + in) * block + at % block;
            todo.at(to, Math.toIntExact(to.offset()) + at, wideAt < 0 ? -1 : Math.toIntExact(from.offset()) + wideAt);
        }
    }

    private static int counterpart(int[] nodes, int place) {
        return place < nodes.length ? nodes[place] : -1;
    }

    private static int[] all(long count) {
        return IntStream.range(0, Math.toIntExact(count)).toArray();
    }

    private int[] outputs(Slot slot) {
        return isHead(slot) ? all(slot.shape().dim(0)) : kept.get(layer(slot));
    }

    private int[] inputs(Slot slot) {
        if (slot.shape().rank() == 1) {
            return all(1);
        }
        int below = isHead(slot) ? kept.size() - 1 : layer(slot) - 1;
        return below < 0 ? all(narrow.input().dim(0)) : kept.get(below);
    }

    /** Number of nodes that a slot's rows read. */
    private int groups(ChainSpec net, Slot slot) {
        if (slot.shape().rank() == 1) {
            return 1;
        }
        String lastConv = ImageNets.CONV + (kept.size() - 1) + ".weight";
        return Math.toIntExact(
                isHead(slot)
                        ? net.layout().slot(lastConv).shape().dim(0)
                        : slot.shape().dim(1));
    }

    private static boolean isHead(Slot slot) {
        return slot.name().startsWith(ImageNets.HEAD);
    }

    /** {@code conv2.weight} belongs to layer 2, as does {@code norm2.bias}. */
    private static int layer(Slot slot) {
        return Integer.parseInt(slot.name().replaceAll("\\D", ""));
    }
}

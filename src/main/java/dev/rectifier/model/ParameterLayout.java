package dev.rectifier.model;

import dev.rectifier.engine.View;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each weight and bias lies in the flat vector of P parameters: 0.weight, 0.bias, 1.weight, ... as PyTorch's
 * {@code parameters()} lists a chain of {@code Linear} layers.
 *
 * @param spec the network
 * @param slots all parts, in order, without gaps
 */
public record ParameterLayout(MlpSpec spec, List<Slot> slots) {

    /** What a slot holds. */
    public enum Kind {
        /** [out, in]. */
        WEIGHT,
        /** [out]. */
        BIAS
    }

    /**
     * One part of the flat vector.
     *
     * @param layer which affine map
     * @param kind weight or bias
     * @param offset first element within the P of a replica
     * @param shape without the replica axis
     */
    public record Slot(int layer, Kind kind, long offset, Shape shape) {
        /** {@code 0.weight}, {@code 0.bias}, ... */
        public String name() {
            return layer + (kind == Kind.WEIGHT ? ".weight" : ".bias");
        }

        /** Number of parameters. */
        public long size() {
            return shape.size();
        }

        /** This part of a flat [R, P] view: [R, out, in] or [R, out]. */
        public View in(View flat) {
            return flat.slice(offset, shape);
        }
    }

    public ParameterLayout {
        slots = List.copyOf(slots);
    }

    /** The layout of a network. */
    public static ParameterLayout of(MlpSpec spec) {
        List<Slot> slots = new ArrayList<>();
        long offset = 0;
        for (int l = 0; l < spec.layers(); l++) {
            Shape weight = Shape.of(spec.fanOut(l), spec.fanIn(l));
            slots.add(new Slot(l, Kind.WEIGHT, offset, weight));
            offset += weight.size();
            if (spec.bias()) {
                slots.add(new Slot(l, Kind.BIAS, offset, Shape.of(spec.fanOut(l))));
                offset += spec.fanOut(l);
            }
        }
        return new ParameterLayout(spec, slots);
    }

    /** P: the number of parameters. */
    public long size() {
        Slot last = slots.get(slots.size() - 1);
        return last.offset() + last.size();
    }

    /** The weight of layer {@code l}. */
    public Slot weight(int l) {
        return slots.get(spec.bias() ? 2 * l : l);
    }

    /**
     * The bias of layer {@code l}.
     *
     * @throws IllegalStateException if the network has none
     */
    public Slot bias(int l) {
        if (!spec.bias()) {
            throw new IllegalStateException("Layer " + l + " has no bias: the network was specified without.");
        }
        return slots.get(2 * l + 1);
    }

    /** The parts of flat [R, P] parameters, a gradient or a state, cut once and for all. */
    public LayerViews views(View flat) {
        if (flat.blockSize() != size()) {
            throw new IllegalArgumentException(
                    "Parameters " + flat + " do not fit this network, which has P = " + size() + ".");
        }
        return new LayerViews(
                flat,
                slots.stream()
                        .filter(s -> s.kind() == Kind.WEIGHT)
                        .map(s -> s.in(flat))
                        .toList(),
                slots.stream()
                        .filter(s -> s.kind() == Kind.BIAS)
                        .map(s -> s.in(flat))
                        .toList());
    }
}

package dev.rectifier.model;

import dev.rectifier.engine.View;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each named tensor lies in a flat vector: the P parameters of a network, or the S numbers of its state (running
 * moments). Names, shapes and order are those of PyTorch's {@code state_dict}.
 *
 * @param slots all parts, in order, without gaps
 */
public record ParameterLayout(List<Slot> slots) {

    /** What a slot holds. */
    public enum Kind {
        /** Of a dense layer [out, in] or a convolution [out, in, height, width]; one row per output unit. */
        WEIGHT,
        /** [out]. */
        BIAS,
        /** Length of each row of a normalised weight: [out, 1, ...]. */
        LENGTH,
        /** gamma of a BatchNorm: [channels], named {@code weight}. */
        SCALE,
        /** beta of a BatchNorm: [channels], named {@code bias}. */
        SHIFT,
        /** Running mean of a BatchNorm: [channels]; state. */
        MEAN,
        /** Running variance of a BatchNorm: [channels]; state. */
        VARIANCE;

        boolean isWeight() {
            return this == WEIGHT || this == SCALE;
        }

        boolean isBias() {
            return this == BIAS || this == SHIFT;
        }
    }

    /**
     * One part of the flat vector.
     *
     * @param name {@code 0.weight}, {@code features.3.bias}, ...
     * @param layer number of its layer among those that have any part in this vector
     * @param kind what it is
     * @param offset first element within the vector of a replica
     * @param shape without the replica axis
     */
    public record Slot(String name, int layer, Kind kind, long offset, Shape shape) {
        /** Number of elements. */
        public long size() {
            return shape.size();
        }

        /** This part of a flat [R, P] view: [R, ...]. */
        public View in(View flat) {
            return flat.slice(offset, shape);
        }
    }

    public ParameterLayout {
        slots = List.copyOf(slots);
    }

    /** The layout of a network's parameters. */
    public static ParameterLayout of(NetworkSpec spec) {
        return spec.layout();
    }

    /** Lays parts one behind the other. */
    static final class Builder {
        private final List<Slot> slots = new ArrayList<>();
        private long offset;
        private int layer;

        void add(String name, Kind kind, Shape shape) {
            slots.add(new Slot(name, layer, kind, offset, shape));
            offset += shape.size();
        }

        /** What follows belongs to another layer. */
        void endLayer() {
            if (!slots.isEmpty() && slots.get(slots.size() - 1).layer() == layer) {
                layer++;
            }
        }

        ParameterLayout build() {
            return new ParameterLayout(slots);
        }
    }

    /** P: the number of elements. */
    public long size() {
        if (slots.isEmpty()) {
            return 0;
        }
        Slot last = slots.get(slots.size() - 1);
        return last.offset() + last.size();
    }

    /** Number of layers that have a part here. */
    public int layers() {
        return slots.isEmpty() ? 0 : slots.get(slots.size() - 1).layer() + 1;
    }

    /** The weight of layer {@code l}: of a BatchNorm, its scale. */
    public Slot weight(int l) {
        return slots.stream()
                .filter(s -> s.layer() == l && s.kind().isWeight())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Layer " + l + " has no weight."));
    }

    /**
     * The bias of layer {@code l}: of a BatchNorm, its shift.
     *
     * @throws IllegalStateException if the layer has none
     */
    public Slot bias(int l) {
        return slots.stream()
                .filter(s -> s.layer() == l && s.kind().isBias())
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("Layer " + l + " has no bias: the network was specified without."));
    }

    /** The part of that name. @throws IllegalArgumentException naming those that exist */
    public Slot slot(String name) {
        return slots.stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("This network has no tensor \"" + name + "\", only "
                        + slots.stream().map(Slot::name).toList() + "."));
    }

    /** The parts of a flat [R, P] view (parameters, a gradient, a state), cut once and for all. */
    public LayerViews views(View flat) {
        if (flat.blockSize() != size()) {
            throw new IllegalArgumentException(
                    "Parameters " + flat + " do not fit this network, which has P = " + size() + ".");
        }
        return new LayerViews(this, flat);
    }
}

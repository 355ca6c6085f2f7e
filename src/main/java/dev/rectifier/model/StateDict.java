package dev.rectifier.model;

import dev.rectifier.model.ParameterLayout.Slot;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The numbers of one network under PyTorch's names, there and back. A perceptron goes by the names of its chain: those of an
 * {@code nn.Sequential} of {@code Linear} and {@code ReLU}.
 *
 * @param spec whose names these are
 */
public record StateDict(ChainSpec spec) {
    private static final String COUNTER = "num_batches_tracked"; // of PyTorch's BatchNorm; nothing here depends on it

    /**
     * The numbers of one network as flat vectors.
     *
     * @param parameters [1, P]
     * @param state F64 [1, S]
     */
    public record Flat(HostTensor parameters, HostTensor state) {}

    /** The names of a network. @throws IllegalArgumentException for a perceptron with multipliers */
    public static StateDict of(NetworkSpec spec) {
        return new StateDict(
                spec instanceof ChainSpec chain
                        ? chain
                        : spec.mlp("A state_dict").chain());
    }

    /**
     * The tensors of replica r, running moments among them, all of the parameters' type, layer by layer.
     *
     * @param parameters [R, P]
     * @param state F64 [R, S]; needed by networks that have one
     */
    public Map<String, HostTensor> named(HostTensor parameters, Optional<HostTensor> state, int r) {
        Map<String, HostTensor> named = new LinkedHashMap<>();
        Iterator<Slot> trained = spec.layout().slots().iterator();
        Iterator<Slot> tracked = spec.state().slots().iterator();
        for (ChainSpec.Leaf leaf : spec.leaves()) {
            for (int i = leaf.layer().parameters(leaf.input()).size(); i > 0; i--) {
                Slot slot = trained.next();
                named.put(slot.name(), cut(parameters, slot, r, parameters.dtype()));
            }
            for (int i = leaf.layer().state(leaf.input()).size(); i > 0; i--) {
                Slot slot = tracked.next();
                HostTensor moments = state.orElseThrow(() -> new IllegalArgumentException(
                        "This network has running moments, and they are not given: its state is needed."));
                named.put(slot.name(), cut(moments, slot, r, parameters.dtype()));
            }
        }
        return named;
    }

    private static HostTensor cut(HostTensor flat, Slot slot, int r, DType dtype) {
        int from = Math.toIntExact(r * flat.shape().dim(1) + slot.offset());
        double[] values = new double[Math.toIntExact(slot.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = flat.get(from + i);
        }
        return HostTensor.rounded(dtype, slot.shape(), values);
    }

    /**
     * From named tensors of any floating type.
     *
     * @param dtype of the parameters that are made
     * @throws IllegalArgumentException naming every tensor that is missing, unknown or of another shape
     */
    public Flat flat(Map<String, HostTensor> named, DType dtype) {
        requireAll(named);
        return new Flat(joined(spec.layout(), named, dtype), joined(spec.state(), named, DType.F64));
    }

    private void requireAll(Map<String, HostTensor> named) {
        List<Slot> slots = new ArrayList<>(spec.layout().slots());
        slots.addAll(spec.state().slots());
        List<String> faults = new ArrayList<>();
        Set<String> unknown = new TreeSet<>(named.keySet());
        unknown.removeIf(name -> name.endsWith("." + COUNTER));
        for (Slot slot : slots) {
            unknown.remove(slot.name());
            HostTensor tensor = named.get(slot.name());
            if (tensor == null) {
                faults.add(slot.name() + " " + slot.shape() + " is missing");
            } else if (!tensor.shape().equals(slot.shape()) || !tensor.dtype().isFloating()) {
                faults.add(slot.name() + " is " + tensor + ", not F32 or F64 " + slot.shape());
            }
        }
        unknown.forEach(name -> faults.add(name + " belongs to no layer"));
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("These tensors are not those of this network (" + spec.words() + "): "
                    + String.join("; ", faults) + ".");
        }
    }

    private static HostTensor joined(ParameterLayout layout, Map<String, HostTensor> named, DType dtype) {
        double[] flat = new double[Math.toIntExact(layout.size())];
        for (Slot slot : layout.slots()) {
            double[] values =
                    Optional.ofNullable(named.get(slot.name())).orElseThrow().toDoubles();
            System.arraycopy(values, 0, flat, Math.toIntExact(slot.offset()), values.length);
        }
        return HostTensor.rounded(dtype, Shape.of(1, flat.length), flat);
    }
}

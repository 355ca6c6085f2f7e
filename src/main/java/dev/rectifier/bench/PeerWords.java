package dev.rectifier.bench;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An {@link Operation} in the words of the peers' protocol, kind {@code kernel}: how their arrays are made of our operands.
 *
 * @param op the protocol's name
 * @param shape the protocol's shape
 * @param inputs each from the operands before the call
 * @param outputs what each must be, from the operands after the call; empty: a sample of standard normals
 * @param hyper numbers besides
 */
record PeerWords(String op, List<Long> shape, List<Operand> inputs, List<Operand> outputs, Map<String, Double> hyper) {
    /** One of the peer's arrays, from host copies of all our operands in the order of their slots. */
    @FunctionalInterface
    interface Operand extends Function<List<HostTensor>, HostTensor> {}

    static PeerWords of(String op, List<Long> shape, List<Operand> inputs, Operand... outputs) {
        return new PeerWords(op, shape, inputs, List.of(outputs), Map.of());
    }

    PeerWords with(Map<String, Double> numbers) {
        return new PeerWords(op, shape, inputs, outputs, numbers);
    }

    /** A slot's numbers under another shape; none given: its own. */
    static Operand slot(int number, long... extents) {
        return slots -> {
            HostTensor from = slots.get(number);
            Shape shape = extents.length == 0 ? from.shape() : Shape.of(extents);
            HostTensor to = HostTensor.zeros(from.dtype(), shape);
            System.arraycopy(from.array(), 0, to.array(), 0, to.length());
            return to;
        };
    }

    /** Part {@code number} of {@code parts} equal ones of every replica's row, flat. */
    static Operand part(int slot, int number, int parts) {
        return slots -> {
            HostTensor from = slots.get(slot);
            int size = from.length() / parts;
            int row = size / Math.toIntExact(from.shape().dim(0));
            HostTensor to = HostTensor.zeros(from.dtype(), Shape.of(size));
            for (int first = 0; first < size; first += row) {
                System.arraycopy(from.array(), first * parts + number * row, to.array(), first, row);
            }
            return to;
        };
    }

    /** A slot [R, I, J] as [R, J, I]. */
    static Operand transposed(int slot) {
        return slots -> {
            HostTensor from = slots.get(slot);
            int rows = Math.toIntExact(from.shape().dim(1));
            int columns = Math.toIntExact(from.shape().dim(2));
            HostTensor to = HostTensor.zeros(from.dtype(), Shape.of(from.shape().dim(0), columns, rows));
            int block = rows * columns;
            for (int i = 0; i < from.length(); i++) {
                int within = i % block;
                to.set(i - within + within % columns * rows + within / columns, from.get(i));
            }
            return to;
        };
    }

    /** A slot [R, N, C] as [N, R C]. */
    static Operand sideBySide(int slot) {
        return slots -> {
            HostTensor from = slots.get(slot);
            int replicas = Math.toIntExact(from.shape().dim(0));
            int rows = Math.toIntExact(from.shape().dim(1));
            int columns = Math.toIntExact(from.shape().dim(2));
            HostTensor to = HostTensor.zeros(from.dtype(), Shape.of(rows, (long) replicas * columns));
            for (int row = 0; row < replicas * rows; row++) {
                int target = row % rows * replicas * columns + row / rows * columns;
                System.arraycopy(from.array(), row * columns, to.array(), target, columns);
            }
            return to;
        };
    }

    /** Outputs of a ReLU whose mask is a slot of bits: the size of another slot's numbers where the bit is set, else 0. */
    static Operand active(int mask, int sizes) {
        return slots -> {
            HostTensor bits = slots.get(mask);
            HostTensor from = slots.get(sizes);
            int replicas = Math.toIntExact(from.shape().dim(0));
            int row = from.length() / replicas;
            int words = bits.length() / replicas;
            HostTensor to = HostTensor.zeros(from.dtype(), from.shape());
            for (int i = 0; i < from.length(); i++) {
                int word = bits.ints()[i / row * words + i % row / Integer.SIZE];
                to.set(i, (word >>> i % row % Integer.SIZE & 1) == 1 ? Math.abs(from.get(i)) : 0);
            }
            return to;
        };
    }
}

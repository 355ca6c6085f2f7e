package dev.rectifier.bench;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * One call of one engine operation.
 *
 * @param slots operands, in the order {@code call} takes them
 * @param call the operation
 * @param flops multiplications and additions of all replicas
 * @param depth terms of the longest sum that is kept in the element type
 * @param words the same for peers, where they have it
 * @param twin the same for another library on the engine's device, where one has it
 */
record Operation(
        List<Slot> slots, Call call, double flops, long depth, Optional<PeerWords> words, Optional<Twin> twin) {
    /** Calls an engine. */
    @FunctionalInterface
    interface Call {
        void on(Engine engine, List<View> operands);
    }

    /** Without sums in the element type. */
    static Operation of(double flops, Call call, Slot... slots) {
        return new Operation(List.of(slots), call, flops, 1, Optional.empty(), Optional.empty());
    }

    Operation withDepth(long terms) {
        return new Operation(slots, call, flops, terms, words, twin);
    }

    Operation asking(PeerWords same) {
        return new Operation(slots, call, flops, depth, Optional.of(same), twin);
    }

    Operation besides(Twin same) {
        return new Operation(slots, call, flops, depth, words, Optional.of(same));
    }

    /** The same operands, asked otherwise. */
    Operation calling(Call other) {
        return new Operation(slots, other, flops, depth, Optional.empty(), Optional.empty());
    }

    /** The same with operands of one type; peers are not asked. */
    Operation in(DType type) {
        List<Slot> typed = slots.stream().map(slot -> slot.of(type)).toList();
        return new Operation(typed, call, flops, depth, Optional.empty(), Optional.empty());
    }

    long replicas() {
        return slots.get(0).shape().dim(0);
    }

    long bytes(DType type) {
        return slots.stream().mapToLong(slot -> slot.bytes(type)).sum();
    }

    Work work() {
        double traffic =
                slots.stream().mapToDouble(slot -> slot.traffic(DType.F32)).sum();
        return new Work(traffic, flops, 0);
    }
}

package dev.rectifier.bench;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The begin, the middle and the end of every replica's outputs, for element-wise operations whose operands no host holds: each
 * stretch must be what the reference makes of the same stretch of the inputs.
 *
 * @param engine that is checked
 * @param reference computes in fp64
 * @param family the operation by R and elements per replica
 * @param window elements of a stretch
 */
record WindowCheck(Engine engine, Engine reference, BiFunction<Long, Long, Operation> family, long window)
        implements OutputCheck {
    @Override
    public Verification of(Operands ours) {
        ours.fill();
        View first = ours.views().get(0);
        long[] places = {0, (first.blockSize() - window) / 2, first.blockSize() - window};
        List<List<HostTensor>> inputs = new ArrayList<>();
        for (long place : places) {
            inputs.add(stretches(ours, place));
        }
        ours.call();
        Verification worst = new Verification(0, Tolerance.of(DType.F32, MathMode.IEEE, 1), "");
        for (int i = 0; i < places.length; i++) {
            worst = worst.and(compared(inputs.get(i), stretches(ours, places[i]), first.replicas()));
        }
        return new Verification(worst.error(), worst.bound(), "three stretches, in fp64 by the cpu engine");
    }

    /** Of all operands, by way of a small copy on the device. */
    private List<HostTensor> stretches(Operands ours, long place) {
        List<HostTensor> all = new ArrayList<>();
        try (Arena arena = engine.openArena("stretch of an operand")) {
            for (View view : ours.views()) {
                Shape shape = Shape.of(view.replicas(), window);
                View small = arena.allocate(view.dtype(), shape).view();
                engine.pointwise().copy(small, view.slice(place, Shape.of(window)));
                all.add(small.download());
            }
        }
        return all;
    }

    private Verification compared(List<HostTensor> before, List<HostTensor> after, long replicas) {
        Operation small = family.apply(replicas, window);
        try (Operands exact = new Operands(reference, small, DType.F64, 0)) {
            List<HostTensor> outputs = new ArrayList<>();
            for (int i = 0; i < small.slots().size(); i++) {
                HostTensor given = before.get(i);
                if (small.slots().get(i).read()) {
                    HostTensor wide = HostTensor.rounded(DType.F64, given.shape(), given.toDoubles());
                    exact.views().get(i).buffer().upload(wide);
                }
                if (small.slots().get(i).written()) {
                    outputs.add(after.get(i));
                }
            }
            exact.call();
            return WholeCheck.compared(outputs, exact.results(), Tolerance.of(DType.F32, MathMode.IEEE, small.depth()));
        }
    }
}

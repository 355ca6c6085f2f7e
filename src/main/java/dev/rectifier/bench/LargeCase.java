package dev.rectifier.bench;

import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * An element-wise operation whose operands no host holds: filled on the device, verified in stretches.
 *
 * @param subject what is measured
 * @param family the operation by R and elements per replica
 * @param window elements of a verified stretch
 */
record LargeCase(Subject subject, BiFunction<Long, Long, Operation> family, long window) implements Case {
    private Operation operation() {
        return family.apply(subject.axes().of("R"), subject.axes().of("W"));
    }

    @Override
    public long deviceBytes() {
        return operation().bytes(DType.F32);
    }

    @Override
    public long hostBytes() {
        return 16 * 4 * window * subject.axes().of("R");
    }

    @Override
    public List<Contender> contenders(Rig rig) {
        return List.of(new Filled(rig, operation(), new WindowCheck(rig.engine(), rig.reference(), family, window)));
    }

    /** Ours. */
    private record Filled(Rig rig, Operation operation, OutputCheck check) implements Contender {
        @Override
        public String name() {
            return "rectifier";
        }

        @Override
        public Trial open(Cache cache) {
            return new OperationTrial(rig, new Rival(rig.engine(), Map.of()), operation, check, cache);
        }
    }
}

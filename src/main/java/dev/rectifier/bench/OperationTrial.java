package dev.rectifier.bench;

import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;

/** An operation on an engine, its operands in rotation where the cache is to be cold. */
final class OperationTrial implements Trial {
    private static final DType TYPE = DType.F32;

    private final Rival rival;
    private final Engine reference;
    private final Operation operation;
    private final LapTimer timer;
    private final List<Operands> sets = new ArrayList<>();
    private int next;

    OperationTrial(Rig rig, Rival rival, Operation operation, Cache cache) {
        this.rival = rival;
        this.reference = rig.reference();
        this.operation = operation;
        int count = cache == Cache.HOT ? 1 : Rotation.sets(rig, operation.bytes(TYPE));
        try {
            for (int i = 0; i < count; i++) {
                sets.add(new Operands(rival.engine(), operation, TYPE, i));
            }
            this.timer = new LapTimer(rival.engine(), rig.nanoClock());
        } catch (RuntimeException e) {
            sets.forEach(Operands::close);
            throw e;
        }
    }

    @Override
    public Verification verify() {
        List<HostTensor> ours = rival.under(() -> computed(sets.get(0)));
        try (Operands exact = new Operands(reference, operation, DType.F64, 0)) {
            exact.call();
            return compared(ours, exact.results());
        }
    }

    private static List<HostTensor> computed(Operands operands) {
        operands.fill();
        operands.call();
        return operands.results();
    }

    private Verification compared(List<HostTensor> ours, List<HostTensor> exact) {
        DType computed = operation.slots().get(0).typeFor(TYPE);
        double bound = Tolerance.of(computed, rival.engine().info().options().mathMode(), operation.depth());
        Verification worst = new Verification(0, bound, "the cpu engine in fp64");
        for (int i = 0; i < ours.size(); i++) {
            HostTensor out = ours.get(i);
            worst = worst.and(new Verification(
                    Verification.error(out, 0, exact.get(i), 0, out.length()), bound, worst.against()));
        }
        return worst;
    }

    @Override
    public Lap run(long calls) {
        return rival.under(() -> timer.time(calls, () -> callInRotation(calls)));
    }

    private void callInRotation(long calls) {
        for (long i = 0; i < calls; i++) {
            sets.get(next).call();
            next = next + 1 == sets.size() ? 0 : next + 1;
        }
    }

    @Override
    public double launchesPerCall() {
        return timer.launchesPerCall();
    }

    @Override
    public void close() {
        timer.close();
        sets.forEach(Operands::close);
    }
}

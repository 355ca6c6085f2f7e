package dev.rectifier.bench;

import dev.rectifier.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** An operation on an engine, its operands in rotation where the cache is to be cold. */
final class OperationTrial implements Trial {
    private static final DType TYPE = DType.F32;

    private final Rival rival;
    private final OutputCheck check;
    private final LapTimer timer;
    private final List<Operands> sets = new ArrayList<>();
    private int next;

    OperationTrial(Rig rig, Rival rival, Operation operation, Cache cache) {
        this(rig, rival, operation, wholly(rig, rival, operation), cache);
    }

    OperationTrial(Rig rig, Rival rival, Operation operation, OutputCheck check, Cache cache) {
        this.rival = rival;
        this.check = check;
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

    /** All outputs, against what the rig's reference makes of the same operands. */
    static OutputCheck wholly(Rig rig, Rival rival, Operation exact) {
        return new WholeCheck(rival, rig.reference(), exact);
    }

    @Override
    public Verification verify() {
        return check.of(sets.get(0));
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

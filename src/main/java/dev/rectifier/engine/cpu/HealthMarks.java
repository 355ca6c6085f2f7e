package dev.rectifier.engine.cpu;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.View;

/** The health of all replicas as arrays. */
@SuppressWarnings({"ArrayRecordComponent", "EnumOrdinal"
}) // a window on live storage; ordinals are the contract's codes
record HealthMarks(Words cause, long[] steps, View step) {
    static HealthMarks of(Health health) {
        long[] steps = (long[]) ((CpuBuffer) health.step().buffer()).array();
        return new HealthMarks(Words.of(health.cause()), steps, health.step());
    }

    boolean frozen(int r) {
        return cause.array()[cause.at(r)] != FreezeCause.NONE.ordinal();
    }

    void freeze(int r, FreezeCause why, long when) {
        cause.array()[cause.at(r)] = why.ordinal();
        steps[(int) (step.offset() + r * step.replicaStride())] = when;
    }
}

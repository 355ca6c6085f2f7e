package dev.rectifier.conformance;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.tensor.HostTensor;

/**
 * What an update knows of one replica beside its arrays.
 *
 * @param hyper the row of the hyper-parameter matrix
 * @param cause code of {@link FreezeCause}
 * @param mark step at which the cause arose
 */
record Replica(HostTensor hyper, int cause, double mark) {
    static Replica of(HostTensor hyper, HostTensor cause, HostTensor mark) {
        return new Replica(hyper, cause.ints()[0], mark.get(0));
    }

    Replica frozen(FreezeCause newCause, long step) {
        return new Replica(hyper, newCause.code(), step);
    }

    Expected expectedCause() {
        return Expected.exactly(cause);
    }

    /** Undefined while the replica trains. */
    Expected expectedStep() {
        return cause == FreezeCause.NONE.code() ? Expected.anything(1) : Expected.exactly(mark);
    }
}

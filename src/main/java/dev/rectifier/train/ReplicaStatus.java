package dev.rectifier.train;

import dev.rectifier.engine.FreezeCause;

/**
 * Whether a replica still trains.
 *
 * @param replica its place in the batch
 * @param cause why it no longer moves; NONE while it does
 * @param step at which it froze; -1 while it moves
 */
public record ReplicaStatus(int replica, FreezeCause cause, long step) {
    /** True if it keeps its weights for good. */
    public boolean isFrozen() {
        return cause != FreezeCause.NONE;
    }

    /** True if it froze because a number stopped being finite. */
    public boolean hasFailed() {
        return isFrozen() && cause != FreezeCause.STOPPED;
    }
}

package dev.rectifier.bench;

import dev.rectifier.bench.peer.RefusedException;

/** Somebody who can do a case: ours on an engine and in a way, or a peer. */
public interface Contender {
    /** Name in tables, such as {@code rectifier resident} or {@code torch graph}. */
    String name();

    /** The work it counts for, where that differs from the case's. */
    default Work work(Work counted) {
        return counted;
    }

    /**
     * Makes ready.
     *
     * @throws RefusedException if it cannot do this case
     */
    Trial open(Cache cache);
}

package dev.rectifier.bench;

import java.util.List;

/** One thing to measure: made small, with everything large behind {@link Contender#open}. */
public interface Case {
    Subject subject();

    /** Bytes that the largest contender of ours holds on the device; an estimate from the shapes. */
    long deviceBytes();

    /** Bytes of Java heap that making and verifying it takes; an estimate from the shapes. */
    long hostBytes();

    /** States of the cache that mean something here. */
    default List<Cache> caches() {
        return List.of(Cache.HOT);
    }

    /** Ours first, the baseline of all ratios. */
    List<Contender> contenders(Rig rig);
}

package dev.rectifier.conformance;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the oracle says of every replica of a trial, worked out once for all engines. */
final class Judgement {
    private final Trial trial;
    private final Map<Integer, List<Expected>> replicas = new HashMap<>();

    Judgement(Trial trial) {
        this.trial = trial;
    }

    List<Expected> of(int replica) {
        return replicas.computeIfAbsent(replica, trial::judge);
    }
}

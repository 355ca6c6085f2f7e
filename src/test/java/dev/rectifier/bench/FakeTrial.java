package dev.rectifier.bench;

import java.util.List;
import java.util.function.LongToDoubleFunction;

/** A trial that takes as long as it is told and writes down that it ran. */
final class FakeTrial implements Trial {
    private final String name;
    private final List<String> log;
    private final LongToDoubleFunction secondsOfLap;
    private final Verification verification;
    private long laps;

    /** @param secondsPerCall by the number of the lap */
    FakeTrial(String name, List<String> log, Verification verification, LongToDoubleFunction secondsPerCall) {
        this.name = name;
        this.log = log;
        this.verification = verification;
        this.secondsOfLap = secondsPerCall;
    }

    static Verification right() {
        return new Verification(1e-8, 1e-6, "a fake");
    }

    @Override
    public Verification verify() {
        log.add("verify " + name);
        return verification;
    }

    @Override
    public Lap run(long calls) {
        log.add(name);
        return new Lap(calls, calls * secondsOfLap.applyAsDouble(laps++), Double.NaN, Double.NaN);
    }

    @Override
    public void close() {
        log.add("close " + name);
    }
}

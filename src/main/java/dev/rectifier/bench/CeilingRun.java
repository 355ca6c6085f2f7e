package dev.rectifier.bench;

import dev.rectifier.stats.Quantiles;
import java.util.Map;
import java.util.OptionalLong;

/** Measures {@link Ceilings} with the engine's own copy, a large product and its loop of multiply-adds. */
public final class CeilingRun {
    private static final long CACHES = 8;
    private static final long LEAST_BYTES = 8L << 20;
    private static final int LAPS = 9;

    private CeilingRun() {}

    /** The ceilings of the rig's device; unknown on an emulated one. */
    public static Ceilings measure(Rig rig, Extent extent) {
        if (!rig.isMeasured()) {
            return Ceilings.UNKNOWN;
        }
        long bytes = Math.max(
                LEAST_BYTES, CACHES * rig.engine().metering().cacheBytes().orElse(LEAST_BYTES));
        long elements = extent == Extent.TINY ? LEAST_BYTES / 8 : Math.min(bytes, 1L << 30) / 8;
        Operation copy = Streaming.copy(1, elements);
        long side = rig.isAccelerator() ? extent.of(256, 4096, 8192) : extent.of(128, 512, 1024);
        Operation product = Products.FORWARD.of(1, side, side, side);
        return new Ceilings(
                copy.work().bytes() / secondsOf(rig, copy, extent),
                product.work().flops() / secondsOf(rig, product, extent),
                issue(rig, extent));
    }

    private static double issue(Rig rig, Extent extent) {
        long wanted =
                rig.isAccelerator() ? extent.of(1L << 26, 1L << 33, 1L << 34) : extent.of(1L << 24, 1L << 27, 1L << 28);
        OptionalLong done = rig.engine().metering().multiplyAdds(wanted);
        if (done.isEmpty()) {
            return Double.NaN;
        }
        try (Trial trial = new IssueTrial(rig, wanted)) {
            return done.getAsLong() / secondsOf(rig, trial, extent);
        }
    }

    private static double secondsOf(Rig rig, Operation operation, Extent extent) {
        try (Trial trial = new OperationTrial(rig, new Rival(rig.engine(), Map.of()), operation, Cache.HOT)) {
            return secondsOf(rig, trial, extent);
        }
    }

    private static double secondsOf(Rig rig, Trial trial, Extent extent) {
        StoppingRule rule = StoppingRule.of(LAPS, extent != Extent.FULL);
        return Quantiles.of(Pairs.alone(trial, rule, rig.nanoClock()).perCall()).median();
    }

    /** The engine's loop of multiply-adds; its results are held to their formula where it is written. */
    private static final class IssueTrial implements Trial {
        private final Rig rig;
        private final LapTimer timer;
        private final long wanted;

        IssueTrial(Rig rig, long wanted) {
            this.rig = rig;
            this.timer = new LapTimer(rig.engine(), rig.nanoClock());
            this.wanted = wanted;
        }

        @Override
        public Verification verify() {
            return new Verification(0, 0, "the formula of the loop");
        }

        @Override
        public Lap run(long calls) {
            return timer.time(calls, () -> ask(calls));
        }

        private void ask(long calls) {
            for (long i = 0; i < calls; i++) {
                rig.engine().metering().multiplyAdds(wanted);
            }
        }

        @Override
        public void close() {
            timer.close();
        }
    }
}

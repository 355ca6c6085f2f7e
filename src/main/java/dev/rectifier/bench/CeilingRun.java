package dev.rectifier.bench;

import dev.rectifier.stats.Quantiles;
import java.util.Map;

/** Measures {@link Ceilings} with the engine's own copy and its fastest product. */
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
                Double.NaN);
    }

    private static double secondsOf(Rig rig, Operation operation, Extent extent) {
        StoppingRule rule = StoppingRule.of(LAPS, extent != Extent.FULL);
        try (Trial trial = new OperationTrial(rig, new Rival(rig.engine(), Map.of()), operation, Cache.HOT)) {
            return Quantiles.of(Pairs.alone(trial, rule, rig.nanoClock()).perCall())
                    .median();
        }
    }
}

package dev.rectifier.bench;

/**
 * What the device was seen to do in this run.
 *
 * @param copy bytes read and written per second by a plain copy
 * @param product operations per second of a large product
 * @param issue fused multiply-adds per second of a loop that does nothing else; NaN where it was not measured
 */
public record Ceilings(double copy, double product, double issue) {
    /** Nothing was measured. */
    public static final Ceilings UNKNOWN = new Ceilings(Double.NaN, Double.NaN, Double.NaN);

    /** The higher of each: what slowed the device down once was no ceiling. */
    public Ceilings orHigher(Ceilings other) {
        return new Ceilings(Math.max(copy, other.copy), Math.max(product, other.product), Math.max(issue, other.issue));
    }

    /** How much of each ceiling a call reaches. */
    public Shares shares(Work work, double seconds, double host) {
        return new Shares(
                share(work.bytes() / seconds, copy),
                share(work.flops() / seconds, product),
                share(work.flops() / 2 / seconds, issue),
                share(host, seconds));
    }

    private static double share(double reached, double ceiling) {
        return reached > 0 ? reached / ceiling : Double.NaN;
    }

    /**
     * Shares of the ceilings; NaN where one is unknown or means nothing.
     *
     * @param host share of the time in which the host was still asking
     */
    public record Shares(double copy, double product, double issue, double host) {
        private static final double BUSY = 0.9;
        private static final double NEAR = 0.1;

        /** The limit that binds: the host where it never rests, else the ceiling that is nearest, if any is near. */
        public String binding() {
            if (host >= BUSY) {
                return "host";
            }
            double most = Math.max(known(copy), Math.max(known(product), known(issue)));
            if (most < NEAR) {
                return Double.isNaN(copy + product) ? "unknown" : "latency";
            }
            return known(copy) == most ? "copy" : known(product) == most ? "product" : "issue";
        }

        private static double known(double share) {
            return Double.isNaN(share) ? 0 : share;
        }
    }
}

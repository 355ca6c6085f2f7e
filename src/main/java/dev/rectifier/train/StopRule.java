package dev.rectifier.train;

/** When a replica has trained enough; asked with its training loss, every so many steps, on the host. */
public sealed interface StopRule {
    /** Trains to the last step. */
    StopRule NEVER = new Never();

    /** Steps between two looks; each look waits for the device. */
    long every();

    /** Whether a replica with this loss at its last step stops. */
    boolean stops(double loss);

    /** No replica ever stops. */
    record Never() implements StopRule {
        @Override
        public long every() {
            return Long.MAX_VALUE;
        }

        @Override
        public boolean stops(double loss) {
            return false;
        }
    }

    /**
     * Stops a replica whose batch loss has left an interval: it has converged, or it has exploded while still finite.
     *
     * @param low stops below
     * @param high stops above
     * @param every looks after every that many steps
     */
    record LossOutside(double low, double high, long every) implements StopRule {
        public LossOutside {
            if (!(low <= high) || every < 1) {
                throw new IllegalArgumentException("A stop rule needs low <= high and every >= 1, not " + low + ", "
                        + high + " and " + every + ".");
            }
        }

        @Override
        public boolean stops(double loss) {
            return loss < low || loss > high;
        }
    }

    /** Stops a replica whose batch loss is below {@code threshold}. */
    static StopRule lossBelow(double threshold, long every) {
        return new LossOutside(threshold, Double.POSITIVE_INFINITY, every);
    }
}

package dev.rectifier.bench;

import dev.rectifier.stats.Interval;
import java.util.Locale;
import java.util.Optional;

/**
 * What came of one contender at one case.
 *
 * @param subject the case, with the work that this contender counts for
 * @param contender name
 * @param baseline whether ratios of this case are to this contender
 * @param cache state of the cache
 * @param outcome what came of it, and why, or how
 * @param readiness what making ready took
 * @param verification the comparison with fp64, if it came so far
 * @param timing if it was measured
 */
public record Row(
        Subject subject,
        String contender,
        boolean baseline,
        Cache cache,
        Outcome outcome,
        Readiness readiness,
        Optional<Verification> verification,
        Optional<Timing> timing) {
    /** Kinds of outcome. */
    public enum Status {
        /** Verified and timed. */
        MEASURED,
        /** Verified; times of this device mean nothing. */
        NOT_MEASURED,
        /** The result was wrong: no speed. */
        WRONG,
        /** The contender cannot do this case, or its memory does not hold it. */
        REFUSED,
        /** The contender broke down. */
        FAILED;

        /** {@code not measured}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** An outcome and why it is that, or how the contender worked; the words may be empty. */
    public record Outcome(Status status, String reason) {}

    /**
     * What is not part of a call's time; NaN where unknown.
     *
     * @param compile seconds of compiling
     * @param firstCall seconds of the first, verified calls and of all that is done once, the reference's own time included
     */
    public record Readiness(double compile, double firstCall) {
        static final Readiness UNKNOWN = new Readiness(Double.NaN, Double.NaN);
    }

    public Status status() {
        return outcome.status();
    }

    /** The same, its time over the baseline's known. */
    Row withRatio(Interval ratio) {
        return new Row(
                subject,
                contender,
                baseline,
                cache,
                outcome,
                readiness,
                verification,
                timing.map(time -> time.withRatio(ratio)));
    }
}

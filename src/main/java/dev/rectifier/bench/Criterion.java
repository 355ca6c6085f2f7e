package dev.rectifier.bench;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One number that a {@link Goal} asks for.
 *
 * @param place on what kind of device
 * @param cases patterns of the whole names of the cases it is read from: each must have run, and the worst counts
 * @param measure what is read
 * @param beside a pattern of the contenders it is a ratio to
 * @param bound at least so much, or at most where the measure is better when smaller
 * @param words the same as the goal has it
 */
record Criterion(Place place, List<String> cases, Measure measure, String beside, double bound, String words) {
    /** Peers that compute in the arithmetic of the case. */
    static final String PEERS = "(torch|jax|cuDNN)(?!.*tf32).*";

    /** Kinds of devices. */
    enum Place {
        GPU,
        CPU
    }

    /** What is read from rows. */
    enum Measure {
        /** The best contender's time over ours. */
        RATIO("times"),
        /** Of the ceiling of copies. */
        COPY("of copy"),
        /** Per second. */
        SAMPLES("sample-steps/s"),
        /** By counted bytes. */
        BYTES("B/s"),
        /** Of a call. */
        SECONDS("s"),
        /** Of the time, on the device's clock. */
        BUSY("of the time"),
        /** Per call. */
        LAUNCHES("launches a step"),
        /** Nobody can read it yet. */
        NONE("");

        private final String unit;

        Measure(String unit) {
            this.unit = unit;
        }

        String unit() {
            return unit;
        }

        boolean isBetterWhenSmaller() {
            return this == SECONDS || this == LAUNCHES;
        }
    }

    static Criterion gpu(List<String> cases, Measure measure, double bound, String words) {
        return new Criterion(Place.GPU, cases, measure, PEERS, bound, words);
    }

    /** A ratio to some contenders. */
    static Criterion beside(Place place, List<String> cases, String contenders, double bound, String words) {
        return new Criterion(place, cases, Measure.RATIO, contenders, bound, words);
    }

    /** What cannot be measured yet, and why. */
    static Criterion later(String words, String why) {
        return new Criterion(Place.GPU, List.of(), Measure.NONE, why, Double.NaN, words);
    }

    boolean covers(String id) {
        return cases.stream().anyMatch(one -> Pattern.matches(one, id));
    }

    /** Whether all of its cases are among these. */
    boolean isCoveredBy(List<String> ids) {
        return cases.stream().allMatch(one -> ids.stream().anyMatch(id -> Pattern.matches(one, id)));
    }

    boolean isMetBy(double value) {
        return measure.isBetterWhenSmaller() ? value <= bound : value >= bound;
    }
}

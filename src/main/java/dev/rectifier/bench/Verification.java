package dev.rectifier.bench;

import dev.rectifier.tensor.HostTensor;

/**
 * What came of comparing a result with fp64.
 *
 * @param error ||out - reference|| / ||reference||, the worst over outputs; infinite where anything is not finite
 * @param bound the largest error that passes
 * @param against what it was compared with, in words
 */
public record Verification(double error, double bound, String against) {
    public boolean passes() {
        return error <= bound;
    }

    /** The worse of two, by the share of their bounds. */
    public Verification and(Verification other) {
        return share() >= other.share() ? this : other;
    }

    /** The same, found in the training of another network. */
    public Verification in(String network) {
        return new Verification(error, bound, against + ", training " + network);
    }

    private double share() {
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error / bound;
    }

    /**
     * Norm-wise relative error of the elements {@code first .. first + count - 1} against as many of {@code expected} from
     * {@code from} on. Equal zeros are no error; NaN and infinity never pass.
     */
    public static double error(HostTensor actual, int first, HostTensor expected, int from, int count) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < count; i++) {
            double e = expected.get(from + i);
            double d = actual.get(first + i) - e;
            difference += d * d;
            norm += e * e;
        }
        if (!Double.isFinite(difference) || !Double.isFinite(norm)) {
            return Double.POSITIVE_INFINITY;
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }
}

package dev.rectifier.bench;

/** A contender made ready for one case: owns what it needs on its device until it is closed. */
public interface Trial extends AutoCloseable {
    /** Computes anew, from poisoned outputs, and compares with fp64. */
    Verification verify();

    /** Times so many calls. */
    Lap run(long calls);

    /** Seconds spent compiling as it was made ready; NaN if unknown. */
    default double compileSeconds() {
        return Double.NaN;
    }

    /** Kernels launched per call, so far; NaN if unknown. */
    default double launchesPerCall() {
        return Double.NaN;
    }

    /** Share of the last timed stretch in which a kernel ran; NaN if unknown. */
    default double busy() {
        return Double.NaN;
    }

    /** Why the times are worth nothing although the result was right: replicas froze; empty if they are good. */
    default String objection() {
        return "";
    }

    /** How it works, in words, where a reader may ask; else empty. */
    default String note() {
        return "";
    }

    @Override
    void close();
}

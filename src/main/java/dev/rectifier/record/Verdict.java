package dev.rectifier.record;

/**
 * Whether a claim holds here.
 *
 * @param claim the claim
 * @param ours our measurement
 * @param pass whether the claim stands
 */
public record Verdict(Claim claim, Estimate ours, boolean pass) {
    /** {@code pass} or {@code FAIL}. */
    public String word() {
        return pass ? "pass" : "FAIL";
    }
}

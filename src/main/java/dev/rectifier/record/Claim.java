package dev.rectifier.record;

/**
 * What a paper says, and the test that decides it. Written down before the run.
 *
 * @param id short name, unique within the study, for example LM-4
 * @param statement the claim in one sentence
 * @param statistic the number that decides it
 * @param paper the paper's figure for that number, as text; "-" where it gives none
 * @param band the values that let the claim stand
 */
public record Claim(String id, String statement, String statistic, String paper, Band band) {
    /** The verdict: the claim stands if the estimate lies in the band. */
    public Verdict judge(Estimate ours) {
        return new Verdict(this, ours, band.contains(ours.value()));
    }
}

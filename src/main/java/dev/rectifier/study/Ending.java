package dev.rectifier.study;

/**
 * How a run ended.
 *
 * @param complete false if it was stopped on request and can be resumed
 * @param replicas R
 * @param failedReplicas replicas that froze because a number stopped being finite
 */
public record Ending(boolean complete, int replicas, int failedReplicas) {
    /** Done, every replica finite: for experiments without a training loop. */
    public static Ending done(int replicas) {
        return new Ending(true, replicas, 0);
    }
}

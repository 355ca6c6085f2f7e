package dev.rectifier.engine;

import java.util.Optional;

/**
 * One pass over the weights of R two-layer networks: a step with the gradient of one batch, then the forward pass of the
 * next batch with the new weights, while they are at hand.
 *
 * @param net D, W, K: one hidden layer
 * @param rule SGD, momentum or Nesterov
 * @param state the ensemble's buffers; without a mask
 * @param descent the step, if there is one
 * @param next inputs [R, N, D] of the forward pass, if there is one; may be shared
 * @param sums what the pass leaves behind
 */
public record Sweep(
        ResidentNet net,
        UpdateRule rule,
        ResidentTask.State state,
        Optional<Descent> descent,
        Optional<View> next,
        Sums sums) {

    /**
     * A step.
     *
     * @param x the batch [R, N, D], may be shared
     * @param slopes d loss / d outputs [R, N, K]
     * @param factor of the learning-rate schedule
     * @param step its number
     * @param keepsGradient whether the gradient buffer receives the gradient
     */
    public record Descent(View x, View slopes, double factor, long step, boolean keepsGradient) {}

    /**
     * What a pass leaves behind, by groups of {@link StreamedOps#GROUP} hidden units.
     *
     * @param partial [R, G, N K] out where there is a next batch: the group's part of the outputs
     * @param extremes [R, G, 2] out: largest |parameter| and largest |optimiser state| of the group, layer 1's biases in
     *     group 0
     */
    public record Sums(View partial, View extremes) {}

    /** N of the step, or of the forward pass where there is no step. */
    public long examples() {
        return descent.map(Descent::x).or(() -> next).map(x -> x.dim(1)).orElse(0L);
    }
}

package dev.rectifier.engine;

/**
 * A bound of every number that a step of a two-layer network makes on its way, from the largest numbers that go in: what
 * {@link StreamedOps#guard} decides by. With weights |w| <= W, memories |m| <= M, inputs |x| <= X and slopes of the loss that sum
 * to S, activations are at most W (1 + D X), so every gradient is at most G = S (1 + W)(1 + X)(1 + D) + l2 W.
 *
 * @param weight W
 * @param memory M
 * @param input X
 * @param slopes S
 * @param inputs D
 */
public record StepBound(double weight, double memory, double input, double slopes, long inputs) {
    /** Far enough below the largest number that rounding cannot bridge the gap. */
    public static final double LIMIT_F32 = 1e37;

    /** The same for fp64. */
    public static final double LIMIT_F64 = 1e307;

    /** Hyper-parameters as the step uses them: rate with the schedule's factor, shrink = 1 - rate decay. */
    public record Rates(double rate, double shrink, double l2, double momentum, double intake) {}

    /** The bound; NaN where a number that goes in is NaN. */
    public double with(Rates s) {
        double gradient = slopes * (1 + weight) * (1 + input) * (1 + inputs) + Math.abs(s.l2) * weight;
        double moment = Math.abs(s.momentum) * memory + (1 + Math.abs(s.intake)) * gradient;
        double direction = (1 + Math.abs(s.momentum)) * moment + gradient;
        return direction + Math.abs(s.shrink) * weight + Math.abs(s.rate) * direction;
    }
}

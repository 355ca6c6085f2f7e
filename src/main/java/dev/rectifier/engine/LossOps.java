package dev.rectifier.engine;

/** Losses: value and gradient per replica in one pass. */
public interface LossOps {
    /**
     * value[r] = scale * sum of the loss terms of replica r; gradient = d value / d outputs.
     *
     * <p>{@code scale} carries the convention: 1/(N K) for PyTorch's mean squared error, 1/(2 N) for half the mean squared
     * norm, 1/N for the mean cross-entropy. Non-finite outputs give a non-finite value for their replica alone. Terms are
     * formed stably (shifted exponentials) and summed in fp64 in an order fixed by N and K.
     *
     * <p>A label outside 0 .. K-1 is no class, and labels are on the device where nobody can refuse them: the value of its
     * replica is NaN, and so is the gradient of its example, so that the next step freezes that replica alone.
     *
     * @param value F64 [R] out
     * @param gradient [R, N, K] out; may be the same view as outputs
     * @param outputs [R, N, K]
     * @param targets as {@link LossKind} says; may be shared
     */
    void evaluate(LossKind kind, View value, View gradient, View outputs, View targets, double scale);

    /** The value alone: as {@link #evaluate} without the gradient. */
    void value(LossKind kind, View value, View outputs, View targets, double scale);

    /**
     * How the gradient of {@link #evaluate} moves when the outputs move along {@code along}: the loss's second derivative in
     * the outputs, applied to it. Per element {@code scale l'' u}: l'' is 2 (squared), s (1 - s) with s = 1 / (1 + exp(-t o))
     * (logistic), 0 (hinge); of the cross-entropy p_k (u_k - sum_j p_j u_j), p = softmax(o). It is positive semi-definite for
     * all of them.
     *
     * <p>Non-finite outputs and labels that are no classes give what {@link #evaluate} gives: NaN in their own example.
     *
     * @param product [R, N, K] out; may be the same view as along
     * @param outputs [R, N, K], may be shared
     * @param targets as {@link LossKind} says; may be shared
     * @param along [R, N, K], may be shared
     */
    void tangent(LossKind kind, View product, View outputs, View targets, View along, double scale);

    /**
     * product[r,n,:] = factor g (g . u), g and u being rows n of gradient and along: the outer product of each example's
     * gradient with itself, of which the empirical Fisher matrix is made.
     *
     * @param product [R, N, K] out; may be the same view as along
     * @param gradient [R, N, K], may be shared
     * @param along [R, N, K], may be shared
     */
    void outer(View product, View gradient, View along, double factor);
}

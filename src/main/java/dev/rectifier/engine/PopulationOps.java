package dev.rectifier.engine;

/**
 * Losses over a whole distribution of inputs, in closed form instead of by examples.
 *
 * <p>For x ~ N(0, I_D) and two vectors at the angle t,
 *
 * <pre>
 * h(w, v) = E[relu(w.x) relu(v.x)] = |w| |v| (sin t + (pi - t) cos t) / (2 pi)
 * dh/dw   = (|v| sin t w / |w| + (pi - t) v) / (2 pi)
 * </pre>
 *
 * half the arc-cosine kernel of degree 1 (Cho and Saul, Kernel methods for deep learning, NIPS 2009, equations 3 and 6).
 * The squared distance of two ReLU networks with one hidden layer is a sum of it over all pairs of their units.
 */
public interface PopulationOps {
    /**
     * loss[r] = scale E |student_r(x) - teacher_r(x)|^2 over x ~ N(0, I_D), and its gradient in the student's parameters.
     *
     * <p>All arithmetic is fp64 whatever the element type, in a fixed order of correctly rounded operations: the same bits on
     * every engine. The gradient of a unit whose weights are all zero is zero in these weights (ReLU'(0) = 0). A student equal
     * to its teacher, unit by unit, has loss and gradient exactly zero. Elsewhere the loss is a difference of sums: with
     * M = S + T and u = 2^-53 it is wrong by at most (2 D + 2 M + K + 16) u scale (sum over all units a of |V_a| |W_a|)^2,
     * and near the teacher may be negative by as much. A parameter that is not finite makes the loss of its replica so.
     *
     * <p>Costs about M^2 (D + K) + S M (D + K) + 40 M^2 multiply-adds per replica.
     *
     * @param loss F64 [R] out
     * @param gradient [R, P] out
     * @param student [R, P]: W [S, D], then V [K, S]
     * @param teacher [R, P of the teacher]: W [T, D], then V [K, T]; may be shared
     * @param scale of the expectation: 1/K for PyTorch's mean squared error, 1/2 for half the squared norm
     */
    void squaredRelu(View loss, View gradient, View student, View teacher, PopulationNets nets, double scale);
}

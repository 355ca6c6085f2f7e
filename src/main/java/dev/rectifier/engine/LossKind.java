package dev.rectifier.engine;

/** Training losses, as sums over examples (and outputs) of the terms below; o are outputs, t targets. */
public enum LossKind {
    /** (o - t)^2 per element; targets have the type and shape of the outputs. */
    SQUARED,
    /** log(sum_k exp o_k) - o_label per example; targets are I32 labels [R, N] in 0 .. K-1. */
    SOFTMAX_CROSS_ENTROPY,
    /** log(1 + exp(-t o)) per element; targets are -1 or +1, of the type and shape of the outputs. */
    LOGISTIC,
    /** max(0, 1 - t o) per element; targets are -1 or +1; the subgradient at the kink t o = 1 is 0. */
    HINGE
}

package dev.rectifier.model;

/** What stands between two affine maps. */
public enum Activation {
    /** max(z, 0), with derivative 0 at 0. */
    RELU,
    /** z itself: a linear network, the negative control of claims about ReLU. */
    IDENTITY
}

package dev.rectifier.model;

/** What a {@link Tape} keeps beyond activations and masks, which it always does. */
public enum Keep {
    /** z before the ReLU, else overwritten by the activation. */
    PRE_ACTIVATIONS,
    /** d loss / d z of every hidden layer: needed by every backward pass. */
    SIGNALS,
    /** d loss / d f, before the layer's own gate, else overwritten by the signal. Needs SIGNALS. */
    ACTIVATION_GRADIENTS
}

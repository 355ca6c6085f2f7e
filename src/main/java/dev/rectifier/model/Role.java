package dev.rectifier.model;

/** Where a layer's weights stand; the infinite-width limits treat the three differently. */
public enum Role {
    /** From the input (finite) to the first hidden layer. */
    INPUT,
    /** From a hidden layer to the next. */
    HIDDEN,
    /** From the last hidden layer to the output (finite). */
    OUTPUT
}

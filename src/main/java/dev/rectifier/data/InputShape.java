package dev.rectifier.data;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;

/**
 * Type and extents of the examples of one replica.
 *
 * @param dtype element type
 * @param examples N (or M, for a whole set)
 * @param inputs D
 */
public record InputShape(DType dtype, long examples, long inputs) {
    public InputShape {
        if (!dtype.isFloating() || examples < 1 || inputs < 1) {
            throw new IllegalArgumentException(
                    "Inputs need a floating type, at least one example and one coordinate, not " + dtype + " ["
                            + examples + ", " + inputs + "].");
        }
    }

    Shape shape(long replicas) {
        return Shape.of(replicas, examples, inputs);
    }
}

package dev.rectifier.curvature;

/**
 * How the examples are gone through: piece by piece, keeping the passes over all pieces or the buffers of one.
 *
 * @param examples in a piece, but for the last
 * @param kept whether every piece keeps its activations and signals, so that a product costs no forward pass; else they are
 *     made anew for every product
 */
public record Pieces(long examples, boolean kept) {
    /** All examples at once, kept. */
    public static final Pieces WHOLE = new Pieces(Long.MAX_VALUE, true);

    public Pieces {
        if (examples < 1) {
            throw new IllegalArgumentException("A piece needs at least 1 example, not " + examples + ".");
        }
    }

    /** So many examples at a time, made anew for every product. */
    public static Pieces streamed(long examples) {
        return new Pieces(examples, false);
    }

    /** So many examples at a time, each piece with buffers of its own. */
    public static Pieces kept(long examples) {
        return new Pieces(examples, true);
    }
}

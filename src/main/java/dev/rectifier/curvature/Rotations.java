package dev.rectifier.curvature;

/** Who wants to know the plane rotations of an eigenvalue iteration. */
interface Rotations {
    /** Nobody: eigenvalues alone are wanted. */
    Rotations UNWANTED = (i, cosine, sine) -> {};

    /** Row i becomes cosine row i - sine row i+1, row i+1 becomes sine row i + cosine row i+1. */
    void rotate(int i, double cosine, double sine);

    /** Those kept back are now to be done. */
    default void finish() {}
}

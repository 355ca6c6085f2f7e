package dev.rectifier.curvature;

/**
 * An eigenvalue found by iteration. The matrix has one within {@code residual} of it (Weyl), as far as products are exact: their own
 * rounding, some unit roundoffs of the largest eigenvalue, comes on top.
 *
 * @param value theta
 * @param residual |A y - theta y| of its vector y of length 1
 */
public record Eigenpair(double value, double residual) {}

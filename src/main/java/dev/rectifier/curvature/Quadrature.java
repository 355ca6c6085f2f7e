package dev.rectifier.curvature;

import java.util.function.DoubleUnaryOperator;

/**
 * What one start vector saw of a spectrum: sum_i weight_i f(node_i) approximates v^T f(A) v for |v| = 1, whose mean over directions
 * v is trace f(A) / P. Exact for polynomials up to degree 2m - 1. Source: Golub and Welsch 1969.
 *
 * @param nodes [m] Ritz values, ascending
 * @param weights [m] squares of first components; their sum is 1
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Quadrature(double[] nodes, double[] weights) {
    /** sum_i weight_i f(node_i). */
    public double integral(DoubleUnaryOperator f) {
        double sum = 0;
        for (int i = 0; i < nodes.length; i++) {
            sum += weights[i] * f.applyAsDouble(nodes[i]);
        }
        return sum;
    }

    static Quadrature of(Tridiagonal matrix) {
        Tridiagonal.Eigen eigen = matrix.eigen(0);
        double[] weights = new double[eigen.values().length];
        for (int i = 0; i < weights.length; i++) {
            double first = eigen.entries()[i][0];
            weights[i] = first * first;
        }
        return new Quadrature(eigen.values(), weights);
    }
}

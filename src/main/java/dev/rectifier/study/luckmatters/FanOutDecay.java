package dev.rectifier.study.luckmatters;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The exact fate of the fan-outs once the lucky nodes sit on their teachers: with W_u = W* and incoming weights held, the
 * error D = [V_u - V*; V_r] of the fan-outs obeys D' = -L D, L = E[f f^T] over all student nodes, so that
 * D(t) = exp(-L t) D(0) and the fan-outs of the rest go to 0 at the rate of L's smallest eigenvalue.
 * Source: Luck Matters, exact fan-out decay.
 */
public final class FanOutDecay {
    private final RealMatrix vectors;
    private final double[] eigenvalues;

    /** From the symmetric matrix L [W, W]; O(W^3). */
    FanOutDecay(double[][] moments) {
        EigenDecomposition decomposition = new EigenDecomposition(new Array2DRowRealMatrix(moments));
        this.vectors = decomposition.getV();
        this.eigenvalues = decomposition.getRealEigenvalues();
    }

    /** L_jk = E[s(w_j.x) s(w_k.x)] for x ~ N(0, I) over incoming rows [W][D]. */
    static double[][] moments(double[][] incoming) {
        double[][] result = new double[incoming.length][incoming.length];
        for (int j = 0; j < incoming.length; j++) {
            for (int k = 0; k <= j; k++) {
                result[j][k] = GaussianRelu.product(incoming[j], incoming[k], 1);
                result[k][j] = result[j][k];
            }
        }
        return result;
    }

    /** Eigenvalues of L, largest first. */
    double[] eigenvalues() {
        return eigenvalues.clone();
    }

    /** exp(-L time) applied to the error [W][K]: a fresh matrix. */
    double[][] after(double time, double[][] error) {
        RealMatrix coefficients = vectors.transpose().multiply(new Array2DRowRealMatrix(error));
        for (int i = 0; i < eigenvalues.length; i++) {
            coefficients.setRowVector(i, coefficients.getRowVector(i).mapMultiply(Math.exp(-eigenvalues[i] * time)));
        }
        return vectors.multiply(coefficients).getData();
    }
}

package dev.rectifier.curvature;

/**
 * All eigenvalues of a dense symmetric matrix on the host, in fp64, and its eigenvectors if asked: Householder's reduction, then
 * implicit QL. Values are right to a few unit roundoffs of the norm times a slow function of n.
 *
 * <p>Its own because LAPACK is not everywhere this runs (the jar and the bundle leave it out), because Commons Math works on one
 * thread in rows of objects, and because these bits depend on no library, machine or number of threads. 2 n^3 flops for the values;
 * 8 n^3 more for the vectors. For n = 5,000: 2.5e11 and 1e12, in 200 MB and 600 MB.
 *
 * @param values ascending
 * @param vectors vectors[i] belongs to values[i]; none if they were not asked for
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record SymmetricEigen(double[] values, double[][] vectors) {
    /** Values and vectors; NaN if the matrix is not finite. Must be symmetric to the bit. */
    static SymmetricEigen of(double[][] matrix) {
        int n = matrix.length;
        double[] flat = new double[n * n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(matrix[i], 0, flat, i * n, n);
        }
        return decompose(flat, n);
    }

    /** @param matrix [n, n], is overwritten */
    static SymmetricEigen decompose(double[] matrix, int n) {
        Householder reduced = new Householder(matrix, n);
        Tridiagonal.Eigen eigen = reduced.tridiagonal().eigen();
        reduced.transform(eigen.entries());
        return new SymmetricEigen(eigen.values(), eigen.entries());
    }

    /** @param matrix [n, n], is overwritten */
    static SymmetricEigen values(double[] matrix, int n) {
        return new SymmetricEigen(
                new Householder(matrix, n).tridiagonal().eigen(new int[0]).values(), new double[0][]);
    }
}

package dev.rectifier.probe;

import java.util.Arrays;

/**
 * Correlations of T teacher nodes with S student nodes over samples that come piece by piece, on the host in fp64: moments and
 * products of deviations of the pieces are merged, so that nothing cancels however far means lie from 0. The result is that of
 * {@link dev.rectifier.engine.ReduceOps#correlation} over all samples at once, up to rounding.
 *
 * <p>Source: Chan, Golub, LeVeque 1983, pairwise update of moments.
 */
final class PooledCorrelation {
    /** What {@code ReduceOps.correlation} adds to every sum of squares. */
    private static final double RAISE = 1e-10;

    private final double[] teacherMean;
    private final double[] teacherSquares;
    private final double[] studentMean;
    private final double[] studentSquares;
    private final double[] products;
    private long samples;

    PooledCorrelation(int teachers, int students) {
        teacherMean = new double[teachers];
        teacherSquares = new double[teachers];
        studentMean = new double[students];
        studentSquares = new double[students];
        products = new double[teachers * students];
    }

    /**
     * Moments of the nodes of one network over a piece.
     *
     * @param mean [W]
     * @param squares [W]: sums of squared deviations from that mean
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Side(double[] mean, double[] squares) {}

    /**
     * A piece of samples.
     *
     * @param count samples in it
     * @param rho [T, S], its own correlations
     */
    void add(long count, Side teacher, Side student, double[] rho) {
        double weight = (double) samples * count / (samples + count);
        for (int i = 0; i < teacherMean.length; i++) {
            double shift = teacher.mean()[i] - teacherMean[i];
            for (int j = 0; j < studentMean.length; j++) {
                int at = i * studentMean.length + j;
                double within = rho[at] * Math.sqrt((teacher.squares()[i] + RAISE) * (student.squares()[j] + RAISE));
                products[at] += within + weight * shift * (student.mean()[j] - studentMean[j]);
            }
        }
        merge(teacherMean, teacherSquares, teacher, count, weight);
        merge(studentMean, studentSquares, student, count, weight);
        samples += count;
    }

    private void merge(double[] mean, double[] squares, Side piece, long count, double weight) {
        for (int i = 0; i < mean.length; i++) {
            double shift = piece.mean()[i] - mean[i];
            squares[i] += piece.squares()[i] + weight * shift * shift;
            mean[i] += shift * count / (samples + count);
        }
    }

    /** Correlations over all samples so far. */
    CorrelationMatrix matrix() {
        double[] rho = new double[products.length];
        Arrays.setAll(
                rho,
                at -> products[at]
                        / Math.sqrt((teacherSquares[at / studentMean.length] + RAISE)
                                * (studentSquares[at % studentMean.length] + RAISE)));
        return new CorrelationMatrix(teacherMean.length, rho);
    }
}

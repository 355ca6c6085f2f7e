package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** A block seen as columns (units) over rows (examples); all sums run over the rows in order, in fp64. */
@SuppressWarnings("ArrayRecordComponent") // a window on live storage, compared by nobody
record ColumnsF32(float[] x, int from, int rows, int width) {
    private static final double NORM_FLOOR = 1e-10; // added to a sum of squares before its root, as in luck-matters

    /** mean[w] = sum_n x[n,w] / rows. */
    void means(double[] mean, int at) {
        Arrays.fill(mean, at, at + width, 0);
        for (int n = 0; n < rows; n++) {
            int row = from + n * width;
            for (int w = 0; w < width; w++) {
                mean[at + w] += x[row + w];
            }
        }
        for (int w = 0; w < width; w++) {
            mean[at + w] /= rows;
        }
    }

    /** out[w] = sum_n (x[n,w] - mean[w])^2. */
    void centredSquares(double[] out, int at, double[] mean, int means) {
        Arrays.fill(out, at, at + width, 0);
        for (int n = 0; n < rows; n++) {
            int row = from + n * width;
            for (int w = 0; w < width; w++) {
                double distance = x[row + w] - mean[means + w];
                out[at + w] = Math.fma(distance, distance, out[at + w]);
            }
        }
    }

    /** out[w] = sum_n x[n,w]^2. */
    void squares(double[] out, int at) {
        Arrays.fill(out, at, at + width, 0);
        for (int n = 0; n < rows; n++) {
            int row = from + n * width;
            for (int w = 0; w < width; w++) {
                double value = x[row + w];
                out[at + w] = Math.fma(value, value, out[at + w]);
            }
        }
    }

    /** rho[t,s], zeroed before, becomes the correlation of column t with the other block's column s. */
    void correlate(ColumnsF32 other, double[] rho, int at, Scratch scratch) {
        double[] mean = scratch.doubles(0, width);
        double[] otherMean = scratch.doubles(1, other.width);
        double[] centred = scratch.doubles(2, other.width);
        means(mean, 0);
        other.means(otherMean, 0);
        for (int n = 0; n < rows; n++) {
            other.centre(n, otherMean, centred);
            for (int t = 0; t < width; t++) {
                double factor = x[from + n * width + t] - mean[t];
                addMultiple(rho, at + t * other.width, factor, centred, other.width);
            }
        }
        double[] norms = scratch.doubles(3, width);
        double[] otherNorms = scratch.doubles(4, other.width);
        centredSquares(norms, 0, mean, 0);
        other.centredSquares(otherNorms, 0, otherMean, 0);
        divideByNorms(rho, at, norms, otherNorms, other.width);
    }

    private void centre(int n, double[] mean, double[] out) {
        for (int w = 0; w < width; w++) {
            out[w] = x[from + n * width + w] - mean[w];
        }
    }

    private static void addMultiple(double[] y, int at, double a, double[] v, int count) {
        for (int i = 0; i < count; i++) {
            y[at + i] = Math.fma(a, v[i], y[at + i]);
        }
    }

    private void divideByNorms(double[] rho, int at, double[] squares, double[] otherSquares, int otherWidth) {
        for (int t = 0; t < width; t++) {
            double norm = Math.sqrt(squares[t] + NORM_FLOOR);
            for (int s = 0; s < otherWidth; s++) {
                rho[at + t * otherWidth + s] /= norm * Math.sqrt(otherSquares[s] + NORM_FLOOR);
            }
        }
    }
}

package dev.rectifier.engine.cuda;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Operands and answers of {@link LtCheck}, on the host, in plain loops. */
final class LtCheckValues {
    /** Sums of 16 products of such numbers are exact in every mode, TF32 included, and in every order. */
    private static final int LARGEST = 4;

    private LtCheckValues() {}

    static HostTensor of(DType type, boolean whole, long seed, long... extents) {
        SplittableRandom random = new SplittableRandom(seed);
        HostTensor values = HostTensor.zeros(type, Shape.of(extents));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, whole ? random.nextInt(-LARGEST, LARGEST + 1) : random.nextDouble(-1, 1));
        }
        return values;
    }

    /** In the first three units a NaN, +infinity and -infinity. */
    static void plantSpecials(HostTensor w) {
        int row = Math.toIntExact(w.shape().dim(2));
        w.set(0, Double.NaN);
        w.set(row, Double.POSITIVE_INFINITY);
        w.set(2 * row + 1, Double.NEGATIVE_INFINITY);
    }

    /** b + x w^T. */
    static HostTensor affine(HostTensor x, HostTensor w, HostTensor b) {
        int replicas = extent(x, 0);
        int n = extent(x, 1);
        int d = extent(x, 2);
        int k = extent(w, 1);
        HostTensor z = HostTensor.zeros(x.dtype(), Shape.of(replicas, n, k));
        for (int i = 0; i < z.length(); i++) {
            int unit = i / (n * k) * k + i % k;
            double sum = b.get(unit);
            for (int j = 0; j < d; j++) {
                sum += x.get(i / k * d + j) * w.get(unit * d + j);
            }
            z.set(i, sum);
        }
        return z;
    }

    /** dw[r,k,d] = sum_n dy[r,n,k] x[r,n,d]. */
    static HostTensor products(HostTensor dy, HostTensor x) {
        int n = extent(dy, 1);
        int k = extent(dy, 2);
        int d = extent(x, 2);
        HostTensor dw = HostTensor.zeros(dy.dtype(), Shape.of(extent(dy, 0), k, d));
        for (int i = 0; i < dw.length(); i++) {
            int first = i / (k * d) * n;
            double sum = 0;
            for (int e = first; e < first + n; e++) {
                sum += dy.get(e * k + i / d % k) * x.get(e * d + i % d);
            }
            dw.set(i, sum);
        }
        return dw;
    }

    /** db[r,k] = sum_n dy[r,n,k]. */
    static HostTensor columnSums(HostTensor dy) {
        int n = extent(dy, 1);
        int k = extent(dy, 2);
        HostTensor sums = HostTensor.zeros(dy.dtype(), Shape.of(extent(dy, 0), k));
        for (int i = 0; i < dy.length(); i++) {
            int column = i / (n * k) * k + i % k;
            sums.set(column, sums.get(column) + dy.get(i));
        }
        return sums;
    }

    private static int extent(HostTensor values, int dimension) {
        return Math.toIntExact(values.shape().dim(dimension));
    }

    /** As {@link PointwiseOps#relu}: a NaN stays. */
    static HostTensor rectified(HostTensor z) {
        HostTensor y = HostTensor.zeros(z.dtype(), z.shape());
        for (int i = 0; i < y.length(); i++) {
            y.set(i, z.get(i) <= 0 ? 0 : z.get(i));
        }
        return y;
    }

    /** Its mask: bit i % 32 of word i / 32 of a replica is z_i > 0. */
    static HostTensor gates(HostTensor z) {
        int block = z.length() / extent(z, 0);
        int words = Math.toIntExact(PointwiseOps.maskWords(block));
        HostTensor mask = HostTensor.zeros(DType.I32, Shape.of(extent(z, 0), words));
        for (int i = 0; i < z.length(); i++) {
            int word = i / block * words + i % block / Integer.SIZE;
            mask.ints()[word] |= z.get(i) > 0 ? 1 << i % block % Integer.SIZE : 0;
        }
        return mask;
    }

    /** Same bits, all NaNs taken as one. */
    static boolean same(HostTensor one, HostTensor other) {
        return one.dtype() == DType.I32 ? one.sameBits(other) : Arrays.equals(one.toDoubles(), other.toDoubles());
    }
}

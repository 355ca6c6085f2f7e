package dev.rectifier.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

class SyntheticImagesTest {
    private static final ImageShape SMALL = new ImageShape(1, 16, 16);
    private static final SeedTree SEED = SeedTree.root(11);

    @Test
    void anImageIsAFunctionOfSeedAndPlace() {
        ImageSet many = SyntheticImages.of(SEED, SMALL, 40);
        assertThat(SyntheticImages.of(SEED, SMALL, 25).digest())
                .isEqualTo(many.first(25).digest());
        assertThat(SyntheticImages.of(SEED.child(1), SMALL, 40).digest()).isNotEqualTo(many.digest());
        assertThat(many.label(37)).isEqualTo(7);
        ImageSet coloured = SyntheticImages.of(SEED, new ImageShape(3, 32, 40), 10);
        assertThat(coloured.shape().inputs()).isEqualTo(3 * 32 * 40);
        assertThatIllegalArgumentException().isThrownBy(() -> SyntheticImages.of(SEED, new ImageShape(1, 11, 32), 10));
    }

    /** The pixels that a seed gave when this was written. */
    @Test
    void pixelsStayWhatTheyAre() {
        assertThat(SyntheticImages.of(SEED, new ImageShape(3, 13, 17), 20).digest())
                .isEqualTo("3a168bf58e741595e6c244ee959f99de80a1f3f4c89203c3e1c1fc3440a0920c");
    }

    /**
     * What a convolution, a square and a maximum over places can do: the template that fits best anywhere, light or dark,
     * names the shape of at least 9 in 10 images. Ridge regression on the pixels of 1,500 others names at most 4 in 10 (chance: 1 in 10).
     */
    @Test
    void shapesAreFoundByTemplatesAndNotByLinearModels() {
        ImageSet train = SyntheticImages.of(SEED, SMALL, 1500);
        ImageSet test = SyntheticImages.of(SEED.child("test"), SMALL, 200);
        assertThat(right(test, image -> template(image))).isGreaterThan(180);
        RealMatrix weights = ridge(train);
        assertThat(right(test, image -> largest(weights.preMultiply(image)))).isLessThan(80);
    }

    private interface Classifier {
        int of(double[] image);
    }

    private static int right(ImageSet set, Classifier classifier) {
        double[] all = set.numbers(DType.F64, ChannelScale.measured(set)).doubles();
        int right = 0;
        for (int i = 0; i < set.examples(); i++) {
            double[] image = java.util.Arrays.copyOfRange(all, i * 256, (i + 1) * 256);
            right += classifier.of(image) == set.label(i) ? 1 : 0;
        }
        return right;
    }

    private static int template(double[] image) {
        double mean = java.util.Arrays.stream(image).average().orElseThrow();
        double[] best = new double[SyntheticImages.CLASSES];
        for (int k = 0; k < best.length; k++) {
            for (int top = 4; top < 12; top++) {
                for (int left = 4; left < 12; left++) {
                    best[k] = Math.max(best[k], Math.abs(correlation(image, mean, k, left, top)));
                }
            }
        }
        return largest(best);
    }

    /** Of the centred image with the centred indicator of a shape, the latter of norm 1. */
    private static double correlation(double[] image, double mean, int shape, int left, int top) {
        int covered = 0;
        double sum = 0;
        for (int i = 0; i < image.length; i++) {
            if (SyntheticImages.covers(shape, i % 16 - left, i / 16 - top, 4)) {
                covered++;
                sum += image[i] - mean;
            }
        }
        return sum / Math.sqrt(covered * (1 - covered / 256.0));
    }

    /** (X'X + 10 I)^-1 X'Y with one-hot Y. */
    private static RealMatrix ridge(ImageSet set) {
        double[] all = set.numbers(DType.F64, ChannelScale.measured(set)).doubles();
        RealMatrix x = new Array2DRowRealMatrix(set.examples(), 256);
        RealMatrix y = new Array2DRowRealMatrix(set.examples(), SyntheticImages.CLASSES);
        for (int i = 0; i < set.examples(); i++) {
            x.setRow(i, java.util.Arrays.copyOfRange(all, i * 256, (i + 1) * 256));
            y.setEntry(i, set.label(i), 1);
        }
        RealMatrix normal = x.transpose()
                .multiply(x)
                .add(MatrixUtils.createRealIdentityMatrix(256).scalarMultiply(10));
        return new CholeskyDecomposition(normal).getSolver().solve(x.transpose().multiply(y));
    }

    private static int largest(double[] values) {
        int at = 0;
        for (int i = 1; i < values.length; i++) {
            at = values[i] > values[at] ? i : at;
        }
        return at;
    }
}

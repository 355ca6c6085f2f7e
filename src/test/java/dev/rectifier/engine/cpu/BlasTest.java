package dev.rectifier.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.tensor.DType;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library and the plain loops differ by no more than two orders of one sum may. */
class BlasTest {
    private static final int N = 70;
    private static final int D = 90;
    private static final int K = 60;
    private static final int GUARD = 7; // elements before and behind c that nobody may touch

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void libraryAndTilesAgree(int which) {
        ProductShape shape = shapes()[which];
        Random random = new Random(which);
        float[] a = normals(random, N * Math.max(D, K));
        float[] b = normals(random, Math.max(N, K) * D);
        int count = shape.rows() * shape.columns();
        float[] tiles = new float[count];
        new TileF32(shape, tiles, a, b).add(0, 0, 0, new ProductShape.Part(0, shape.rows(), 0, shape.columns()));
        assertThat(Blas.takes(shape)).isEqualTo(Blas.version().startsWith("0."));
        float[] library = new float[count + 2 * GUARD];
        Arrays.fill(library, Float.NaN);
        ProductF32 product = new ProductF32(
                shape,
                new BlocksF32(library, GUARD, 0),
                new BlocksF32(a, 0, 0),
                new BlocksF32(b, 0, 0),
                new BlocksF32(new float[0], 0, 0));
        product.compute(0, 0, new Scratch());
        for (int i = 0; i < count; i++) {
            float difference = Math.abs(library[GUARD + i] - tiles[i]);
            assertThat(difference).isLessThanOrEqualTo((float) bound(shape, a, b, i));
        }
        for (int i = 0; i < GUARD; i++) {
            assertThat(library[i]).isNaN();
            assertThat(library[GUARD + count + i]).isNaN();
        }
    }

    /** The sum in several calls, as where an operand's copy would be too large: one more rounding of c a call, no more. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64})
    void sumsInSeveralCallsAgree(int terms) {
        ProductShape shape = ProductShape.weightGradient(N, D, K);
        Random random = new Random(terms);
        float[] a = normals(random, N * K);
        float[] b = normals(random, N * D);
        float[] whole = new float[K * D];
        float[] cut = new float[K * D];
        for (float[] c : new float[][] {whole, cut}) {
            BlocksF32 start = new BlocksF32(new float[0], 0, 0);
            ProductF32 product = new ProductF32(
                    shape, new BlocksF32(c, 0, 0), new BlocksF32(a, 0, 0), new BlocksF32(b, 0, 0), start);
            BlasF32.multiply(product, 0, shape.part(0), c == cut ? terms : N, new Scratch());
        }
        for (int i = 0; i < cut.length; i++) {
            assertThat(Math.abs(cut[i] - whole[i])).isLessThanOrEqualTo((float) bound(shape, a, b, i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 128, 129, 255, 256, 257, 300, 512, 513, 1000})
    void partsCoverAProductOnce(int side) {
        for (int rows : new int[] {1, 127, 128, 129, 300}) {
            ProductShape shape = new ProductShape(rows, side, 3, 3, 1, 3, 1);
            int[] covered = new int[rows * side];
            for (int i = 0; i < shape.parts(); i++) {
                ProductShape.Part part = shape.part(i);
                for (int row = part.firstRow(); row < part.firstRow() + part.rows(); row++) {
                    for (int column = part.firstColumn(); column < part.firstColumn() + part.columns(); column++) {
                        covered[row * side + column]++;
                    }
                }
            }
            assertThat(covered).containsOnly(1);
        }
    }

    @Test
    void aWideProductOfManyRowsIsCutToo() {
        ProductShape shape = ProductShape.weightGradient(8, 1 << 22, 300);
        assertThat(shape.parts()).isEqualTo(3 * 8);
        assertThat(shape.part(23)).isEqualTo(new ProductShape.Part(256, 44, 7 << 19, 1 << 19));
    }

    @Test
    void noCopyOutgrowsAQuarterOfAGibibyte() {
        ProductShape shape = ProductShape.weightGradient(1 << 24, 256, 100);
        assertThat(shape.termsAtOnce(shape.part(0))).isEqualTo((1 << 26) / 256);
    }

    private static ProductShape[] shapes() {
        return new ProductShape[] {
            ProductShape.forward(N, D, K), ProductShape.inputGradient(N, D, K), ProductShape.weightGradient(N, D, K)
        };
    }

    /** Either order is off by at most gamma sum |a b|, gamma = depth u / (1 - depth u) (Higham, section 3.1): twice that. */
    private static double bound(ProductShape s, float[] a, float[] b, int element) {
        int i = element / s.columns();
        int j = element % s.columns();
        double sum = 0;
        for (int p = 0; p < s.depth(); p++) {
            sum += Math.abs((double) a[i * s.ai() + p * s.ap()] * b[j * s.bj() + p * s.bp()]);
        }
        double du = s.depth() * DType.F32.unitRoundoff();
        return 2 * du / (1 - du) * sum;
    }

    private static float[] normals(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}

package dev.rectifier.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class NormalsTest {
    private static final int WORDS = 1 << 20;
    private static final long LOW = 0xffffffffL;
    private static final long ODD = 0x9E3779B1L; // walks through all residues, so every octant and exponent is met

    @Test
    void logarithmIsWithinTwoUlp() {
        for (int i = 0; i < WORDS; i++) {
            float u = Math.fma((float) (i * ODD & LOW), 0x1p-32f, 0x1p-33f);
            assertUlps(Normals.log(u), Math.log(u), 2);
        }
        assertThat(Normals.log(1f)).isZero();
        assertUlps(Normals.log(0x1p-33f), Math.log(0x1p-33), 2);
        assertUlps(Normals.log(Math.nextDown(1f)), Math.log(Math.nextDown(1f)), 2);
    }

    @Test
    void sineAndCosineAreWithinTwoUlp() {
        for (int i = 0; i < WORDS; i++) {
            int word = (int) (i * ODD);
            double turn = 2 * Math.PI * ((word & 0xffffffffL) * 0x1p-32);
            // Math.sin of a rounded angle is off by 2^-52 or so in absolute terms: only near a zero does that show.
            assertThat((double) Normals.sine(word)).isCloseTo(Math.sin(turn), within(Math.sin(turn)));
            assertThat((double) Normals.cosine(word)).isCloseTo(Math.cos(turn), within(Math.cos(turn)));
        }
    }

    @Test
    void quarterTurnsAreExact() {
        assertThat(Normals.cosine(0)).isEqualTo(1f);
        assertThat(Normals.sine(0)).isZero();
        assertThat(Normals.sine(0x40000000)).isEqualTo(1f);
        assertThat(Normals.cosine(0x40000000)).isZero();
        assertThat(Normals.cosine(0x80000000)).isEqualTo(-1f);
        assertThat(Normals.sine(0xc0000000)).isEqualTo(-1f);
    }

    @Test
    void radiusIsFiniteAtBothEnds() {
        assertThat(Normals.radius(-1)).isZero();
        assertThat(Normals.radius(0)).isBetween(6.76f, 6.77f);
    }

    @Test
    void uniformCoversTheUnitInterval() {
        assertThat(Normals.uniform(0)).isZero();
        assertThat(Normals.uniform(-1)).isEqualTo(1f - 0x1p-24f);
        assertThat(Normals.uniform(0x80000000)).isEqualTo(0.5f);
    }

    @Test
    void momentsAreThoseOfANormal() {
        float[] z = sample(WORDS, 0);
        double[] sums = new double[4];
        for (float value : z) {
            double power = 1;
            for (int k = 0; k < 4; k++) {
                power *= value;
                sums[k] += power;
            }
        }
        // Standard errors of the raw moments of N(0, 1): sqrt of (1, 2, 15, 96) / n; five of them.
        double root = Math.sqrt(z.length);
        assertThat(sums[0] / z.length).isBetween(-5 / root, 5 / root);
        assertThat(sums[1] / z.length - 1).isBetween(-5 * Math.sqrt(2) / root, 5 * Math.sqrt(2) / root);
        assertThat(sums[2] / z.length).isBetween(-5 * Math.sqrt(15) / root, 5 * Math.sqrt(15) / root);
        assertThat(sums[3] / z.length - 3).isBetween(-5 * Math.sqrt(96) / root, 5 * Math.sqrt(96) / root);
    }

    @Test
    void distributionPassesKolmogorovSmirnov() {
        float[] z = sample(20_000, 1);
        double[] sample = new double[z.length];
        for (int i = 0; i < z.length; i++) {
            sample[i] = z[i];
        }
        double p = new KolmogorovSmirnovTest().kolmogorovSmirnovTest(new NormalDistribution(), sample);
        assertThat(p).isGreaterThan(1e-4); // false alarm once in 10^4 choices of the fixed key
    }

    @Test
    void pairMembersAndNeighboursAreUncorrelated() {
        float[] z = sample(WORDS, 2);
        for (int lag = 1; lag <= 4; lag++) {
            double sum = 0;
            for (int i = lag; i < z.length; i++) {
                sum += (double) z[i] * z[i - lag];
            }
            assertThat(sum / Math.sqrt(z.length)).isBetween(-5.0, 5.0);
        }
    }

    @Test
    void fillIsOneFusedMultiplyAddPerElementOfTheStream() {
        Philox block = new Philox(42, 5, 1L << 40);
        float[] whole = new float[1000];
        Normals.fill(whole, 0, whole.length, block, 0.25f, 3f);
        int[] words = new int[4];
        for (int i = 0; i < whole.length; i++) {
            block.words(i / 4, 1, words);
            float radius = Normals.radius(words[i & 2]);
            int angle = words[(i & 2) + 1];
            float z = radius * (i % 2 == 0 ? Normals.cosine(angle) : Normals.sine(angle));
            assertThat(whole[i]).isEqualTo(Math.fma(3f, z, 0.25f));
        }
    }

    @Test
    void bitsNeverChange() {
        float[] z = new float[6];
        Normals.fill(z, 0, z.length, new Philox(1, 2, 3), 0f, 1f);
        assertThat(z).containsExactly(0.80356777f, 0.7417948f, -0.88191277f, 0.15850715f, 0.067170694f, 0.28248736f);
    }

    private static float[] sample(int count, long key) {
        float[] z = new float[count];
        Normals.fill(z, 0, z.length, new Philox(key, 0, 0), 0f, 1f);
        return z;
    }

    private static void assertUlps(float actual, double expected, int ulps) {
        assertThat((double) actual).isCloseTo(expected, offset(ulps * (double) Math.ulp((float) expected)));
    }

    private static Offset<Double> within(double expected) {
        return offset(2 * (double) Math.ulp((float) expected) + 0x1p-50);
    }
}

package dev.rectifier.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.junit.jupiter.api.Test;

class InferenceTest {
    private static final int SAMPLES = 400;

    /** Student's t with 2 degrees of freedom has the closed quantile (2p-1) sqrt(2 / (4 p (1-p))). */
    @Test
    void studentIntervalOfThreeValuesIsClosed() {
        double p = 0.975;
        double t = (2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p)));
        Interval interval = Interval.student(new double[] {1, 2, 3}, 0.95);
        assertThat(interval.value()).isEqualTo(2);
        // The library's root finder stops within its stated accuracy of the quantile; all other roundings are 1e-15.
        double accuracy = 2 * TDistribution.DEFAULT_INVERSE_ABSOLUTE_ACCURACY;
        assertThat(interval.halfWidth()).isEqualTo(t / Math.sqrt(3), within(accuracy / Math.sqrt(3)));
        assertThatThrownBy(() -> Interval.student(new double[] {1}, 0.95)).hasMessageContaining("at least 2");
        assertThatThrownBy(() -> Interval.student(new double[] {1, 2}, 1)).hasMessageContaining("between 0 and 1");
    }

    /** 400 normal samples: the number of intervals that cover the truth is binomial; five of its deviations are allowed. */
    @Test
    void studentIntervalsCoverAsOftenAsTheySay() {
        SplittableRandom random = new SplittableRandom(11);
        long covered = IntStream.range(0, SAMPLES)
                .mapToObj(i ->
                        DoubleStream.generate(random::nextGaussian).limit(30).toArray())
                .filter(sample -> Interval.student(sample, 0.9).contains(0))
                .count();
        assertThat((double) covered).isEqualTo(SAMPLES * 0.9, within(fiveDeviations(0.9)));
    }

    /**
     * A percentile interval does not cover quite as often as it says, so its coverage is worked out. Samples of 30 fair coins,
     * the statistic their sum (whole numbers, no rounding), the truth 15, 201 resamples: at level 0.9 the ends are the 11th
     * smallest and the 11th largest draw, so the truth is missed where at least 191 draws lie on one side of it.
     */
    @Test
    void bootstrapIntervalsCoverAsOftenAsTheyMust() {
        BinomialDistribution heads = new BinomialDistribution(30, 0.5);
        double coverage = IntStream.rangeClosed(0, 30)
                .mapToDouble(k -> heads.probability(k) * (1 - missed(k) - missed(30 - k)))
                .sum();
        SplittableRandom random = new SplittableRandom(12);
        int covered = 0;
        for (int i = 0; i < SAMPLES; i++) {
            double[] sample = random.ints(30, 0, 2).asDoubleStream().toArray();
            Interval.Bootstrap plan = new Interval.Bootstrap(201, 0.9, i);
            Interval interval = Interval.bootstrap(sample, v -> Arrays.stream(v).sum(), plan);
            covered += interval.contains(15) ? 1 : 0;
        }
        assertThat(covered / (double) SAMPLES).isEqualTo(coverage, within(fiveDeviations(coverage) / SAMPLES));
    }

    /** Probability that at least 191 of 201 resamples of a sample with k heads have more than 15. */
    private static double missed(int k) {
        double more = 1 - new BinomialDistribution(30, k / 30.0).cumulativeProbability(15);
        return 1 - new BinomialDistribution(201, more).cumulativeProbability(190);
    }

    private static double fiveDeviations(double coverage) {
        return 5 * Math.sqrt(SAMPLES * coverage * (1 - coverage));
    }

    @Test
    void bootstrapIsAFunctionOfItsSeed() {
        double[] sample = new SplittableRandom(3).doubles(20).toArray();
        Interval a = Interval.bootstrap(sample, v -> Quantiles.of(v).median(), new Interval.Bootstrap(300, 0.95, 5));
        Interval b = Interval.bootstrap(sample, v -> Quantiles.of(v).median(), new Interval.Bootstrap(300, 0.95, 5));
        Interval c = Interval.bootstrap(sample, v -> Quantiles.of(v).median(), new Interval.Bootstrap(300, 0.95, 6));
        assertThat(a).isEqualTo(b).isNotEqualTo(c);
        assertThat(a.low()).isLessThanOrEqualTo(a.value());
        assertThat(a.high()).isGreaterThanOrEqualTo(a.value());
    }

    @Test
    void spearmanSeesOnlyOrder() {
        double[] x = {1, 2, 3, 4, 5};
        assertThat(RankTest.spearman(x, new double[] {1, 8, 27, 64, 125}).statistic())
                .isEqualTo(1);
        assertThat(RankTest.spearman(x, new double[] {9, 7, 5, 3, -100}).statistic())
                .isEqualTo(-1);
        // 1 - 6 sum d^2 / (n (n^2 - 1)) with d = (1, -1, 0, 0, 0)
        RankTest.Result swapped = RankTest.spearman(x, new double[] {2, 1, 3, 4, 5});
        assertThat(swapped.statistic()).isEqualTo(0.9);
        // Student's t with 3 degrees of freedom: P(|T| > t) = 1 - 2 / pi (a + sin a cos a), tan a = t / sqrt(3); for a
        // correlation r of 5 pairs, sin a = r. The library sums its fraction to 1e-14.
        double angle = Math.asin(0.9);
        assertThat(swapped.pValue()).isEqualTo(1 - 2 / Math.PI * (angle + 0.9 * Math.cos(angle)), within(1e-13));
        assertThat(RankTest.spearman(x, new double[] {4, 4, 4, 4, 4}).statistic())
                .isNaN();
        assertThat(RankTest.ranks(new double[] {5, 1, 5})).containsExactly(2.5, 1, 2.5);
    }

    @Test
    void signTestIsBinomial() {
        RankTest.Result result = RankTest.sign(1, 2, 3, 4, -1, 0);
        assertThat(result.statistic()).isEqualTo(0.8);
        // The library sums its fraction to 1e-14.
        assertThat(result.pValue()).isEqualTo(2 * (1 + 5) / 32.0, within(1e-14));
        assertThat(RankTest.sign(1, -1).pValue()).isEqualTo(1);
        assertThat(RankTest.sign(0, 0).statistic()).isNaN();
    }

    @Test
    void regressionRecoversALineAndItsError() {
        Regression exact = Regression.fit(new double[] {1, 2, 3, 4}, new double[] {5, 7, 9, 11});
        assertThat(exact.slope()).isEqualTo(2);
        assertThat(exact.intercept()).isEqualTo(3);
        assertThat(exact.rSquared()).isEqualTo(1);
        // y = (0, 1, 0) over x = (0, 1, 2): slope 0, residual 2/3, error sqrt(2/3 / 1 / 2)
        Regression bent = Regression.fit(new double[] {0, 1, 2}, new double[] {0, 1, 0});
        assertThat(bent.slope()).isEqualTo(0);
        // Some five roundings, of which the root halves the effect, and its own; ulp(0.5) is the unit roundoff.
        assertThat(bent.slopeError()).isEqualTo(Math.sqrt(1 / 3.0), within(3.5 * Math.ulp(0.5)));
        assertThat(bent.slopeInterval(0.5).contains(0)).isTrue();
        assertThat(Regression.correlation(new double[] {1, 2, 3}, new double[] {-1, -2, -3}))
                .isEqualTo(-1);
        assertThatThrownBy(() -> Regression.fit(new double[] {1, 1}, new double[] {0, 1}))
                .hasMessageContaining("two different x");
    }
}

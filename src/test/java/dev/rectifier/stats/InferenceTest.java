package dev.rectifier.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InferenceTest {
    /** Student's t with 2 degrees of freedom has the closed quantile (2p-1) sqrt(2 / (4 p (1-p))). */
    @Test
    void studentIntervalOfThreeValuesIsClosed() {
        double p = 0.975;
        double t = (2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p)));
        Interval interval = Interval.student(new double[] {1, 2, 3}, 0.95);
        assertThat(interval.value()).isEqualTo(2);
        // commons-math inverts the distribution to 1e-9
        assertThat(interval.halfWidth()).isEqualTo(t / Math.sqrt(3), within(1e-8));
        assertThatThrownBy(() -> Interval.student(new double[] {1}, 0.95)).hasMessageContaining("at least 2");
        assertThatThrownBy(() -> Interval.student(new double[] {1, 2}, 1)).hasMessageContaining("between 0 and 1");
    }

    /** 400 samples: the number of intervals that cover the truth is binomial; five of its deviations are allowed. */
    @Test
    void intervalsCoverAsOftenAsTheySay() {
        SplittableRandom random = new SplittableRandom(11);
        int covered = 0;
        int bootstrapCovered = 0;
        for (int i = 0; i < 400; i++) {
            double[] sample = random.doubles(30).toArray();
            covered += Interval.student(sample, 0.9).contains(0.5) ? 1 : 0;
            Interval.Bootstrap plan = new Interval.Bootstrap(200, 0.9, i);
            bootstrapCovered +=
                    Interval.bootstrap(sample, v -> Moments.of(v).mean(), plan).contains(0.5) ? 1 : 0;
        }
        double deviation = Math.sqrt(400 * 0.9 * 0.1);
        assertThat((double) covered).isEqualTo(360, within(5 * deviation));
        assertThat((double) bootstrapCovered).isEqualTo(360, within(5 * deviation + 0.04 * 400));
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
        assertThat(swapped.statistic()).isEqualTo(0.9, within(1e-15));
        assertThat(swapped.pValue()).isEqualTo(0.0373860731, within(1e-9));
        assertThat(RankTest.spearman(x, new double[] {4, 4, 4, 4, 4}).statistic())
                .isNaN();
        assertThat(RankTest.ranks(new double[] {5, 1, 5})).containsExactly(2.5, 1, 2.5);
    }

    @Test
    void signTestIsBinomial() {
        RankTest.Result result = RankTest.sign(1, 2, 3, 4, -1, 0);
        assertThat(result.statistic()).isEqualTo(0.8);
        assertThat(result.pValue()).isEqualTo(2 * (1 + 5) / 32.0, within(1e-14));
        assertThat(RankTest.sign(1, -1).pValue()).isEqualTo(1);
        assertThat(RankTest.sign(0, 0).statistic()).isNaN();
    }

    @Test
    void regressionRecoversALineAndItsError() {
        Regression exact = Regression.fit(new double[] {1, 2, 3, 4}, new double[] {5, 7, 9, 11});
        assertThat(exact.slope()).isEqualTo(2, within(1e-15));
        assertThat(exact.intercept()).isEqualTo(3, within(1e-14));
        assertThat(exact.rSquared()).isEqualTo(1, within(1e-15));
        // y = (0, 1, 0) over x = (0, 1, 2): slope 0, residual 2/3, error sqrt(2/3 / 1 / 2)
        Regression bent = Regression.fit(new double[] {0, 1, 2}, new double[] {0, 1, 0});
        assertThat(bent.slope()).isEqualTo(0, within(1e-15));
        assertThat(bent.slopeError()).isEqualTo(Math.sqrt(1 / 3.0), within(1e-15));
        assertThat(bent.slopeInterval(0.5).contains(0)).isTrue();
        assertThat(Regression.correlation(new double[] {1, 2, 3}, new double[] {-1, -2, -3}))
                .isEqualTo(-1);
        assertThatThrownBy(() -> Regression.fit(new double[] {1, 1}, new double[] {0, 1}))
                .hasMessageContaining("two different x");
    }
}

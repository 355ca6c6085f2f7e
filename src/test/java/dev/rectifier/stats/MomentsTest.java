package dev.rectifier.stats;

import static dev.rectifier.conformance.Bound.gamma;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.tensor.DType;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MomentsTest {
    @Test
    void firstIntegersHaveTheClosedForm() {
        int n = 1001;
        double[] values = new double[n];
        Arrays.setAll(values, i -> i + 1);
        Moments moments = Moments.of(values);
        assertThat(moments.mean()).isEqualTo((n + 1) / 2.0);
        // Whole deviations from a whole mean: nothing is rounded.
        assertThat(moments.variance()).isEqualTo(n * (n + 1) / 12.0);
        assertThat(moments.min()).isEqualTo(1);
        assertThat(moments.max()).isEqualTo(n);
    }

    @Test
    void mergingPartsGivesTheWhole() {
        SplittableRandom random = new SplittableRandom(7);
        double[] values = random.doubles(999, -3, 5).toArray();
        Moments whole = Moments.of(values);
        Moments merged = Moments.empty();
        for (int from = 0; from < values.length; from += 37) {
            merged = merged.merge(Moments.of(Arrays.copyOfRange(values, from, Math.min(from + 37, values.length))));
        }
        // Deviations are below 8 in size; their sums in the whole and in a part, and four roundings at each of 27
        // merges.
        double bound = 8 * (gamma(DType.F64, 1001) + gamma(DType.F64, 39) + gamma(DType.F64, 27 * 4));
        // Each merge has a term d^2 n_a n_b / n with n_a n_b / n <= 37, whose d is wrong by two such bounds; a variance
        // of
        // values 8 apart is at most 16 and sums 999 squares.
        double squares = 27 * 37 * 2 * 8 * 2 * bound / 998 + 2 * 16 * gamma(DType.F64, 999 + 27 * 4);
        assertThat(merged.count()).isEqualTo(whole.count());
        assertThat(merged.mean()).isEqualTo(whole.mean(), within(bound));
        assertThat(merged.variance()).isEqualTo(whole.variance(), within(squares));
        assertThat(merged.min()).isEqualTo(whole.min());
        assertThat(merged.max()).isEqualTo(whole.max());
    }

    @Test
    void aLargeMeanDoesNotSpoilTheVariance() {
        Moments moments = Moments.of(1e9 + 1, 1e9 + 2, 1e9 + 3);
        assertThat(moments.variance()).isEqualTo(1);
        assertThat(Moments.empty().plus(1e9 + 1).plus(1e9 + 2).plus(1e9 + 3).variance())
                .isEqualTo(1);
    }

    @Test
    void oneValueHasNoVarianceAndNanIsRefused() {
        assertThat(Moments.of(3).variance()).isNaN();
        assertThatThrownBy(() -> Moments.of(1, Double.NaN)).hasMessageContaining("index 1");
        assertThat(Sample.finite(1, Double.NaN, Double.POSITIVE_INFINITY, 2)).containsExactly(1, 2);
    }

    @Test
    void quantilesInterpolate() {
        Quantiles quantiles = Quantiles.of(4, 1, 3, 2);
        assertThat(quantiles.median()).isEqualTo(2.5);
        assertThat(quantiles.at(0)).isEqualTo(1);
        assertThat(quantiles.at(1)).isEqualTo(4);
        assertThat(quantiles.at(0.25)).isEqualTo(1.75);
        assertThat(Quantiles.of(5).at(0.3)).isEqualTo(5);
        assertThatThrownBy(() -> quantiles.at(1.1)).hasMessageContaining("1.1");
        assertThatThrownBy(Quantiles::of).hasMessageContaining("at least 1");
    }
}

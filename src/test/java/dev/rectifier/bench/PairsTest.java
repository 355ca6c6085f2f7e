package dev.rectifier.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.stats.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Alternation, stopping and what the numbers say. */
class PairsTest {
    private static final StoppingRule RULE = new StoppingRule(20, 0.005, 1, 0.001, 0.01);

    private final List<String> log = new ArrayList<>();

    private FakeTrial trial(String name, double seconds) {
        return new FakeTrial(name, log, FakeTrial.right(), lap -> seconds);
    }

    @Test
    void contendersAlternateStrictlyOnceTheyAreWarm() {
        Pairs pairs = Pairs.alternate(trial("a", 0.001), trial("b", 0.002), RULE, () -> 0);
        int warm = log.size() - 2 * pairs.a().laps().size();
        for (int i = warm; i < log.size(); i++) {
            assertThat(log.get(i)).isEqualTo((i - warm) % 2 == 0 ? "a" : "b");
        }
        assertThat(pairs.a().laps()).hasSize(20);
        assertThat(pairs.a().settled()).isTrue();
    }

    @Test
    void theMedianRatioIsThatOfTheTimes() {
        Pairs pairs = Pairs.alternate(trial("a", 0.001), trial("b", 0.003), RULE, () -> 0);
        Interval ratio = Ratio.median(pairs.ratios());
        assertThat(ratio.value()).isCloseTo(3, within(1e-12));
        assertThat(ratio.low()).isCloseTo(ratio.high(), within(1e-12));
    }

    @Test
    void aClockThatDriftsMeetsBothAlike() {
        FakeTrial ours = new FakeTrial("a", log, FakeTrial.right(), lap -> 0.001 * (1 + 0.01 * lap));
        FakeTrial theirs = new FakeTrial("b", log, FakeTrial.right(), lap -> 0.002 * (1 + 0.01 * lap));
        Pairs pairs = Pairs.alternate(ours, theirs, RULE, () -> 0);
        assertThat(pairs.ratios()).hasSizeGreaterThanOrEqualTo(20);
        for (double ratio : pairs.ratios()) {
            assertThat(ratio).isCloseTo(2, within(0.15)); // B warms up for some laps more than A
        }
    }

    @Test
    void aStretchIsAsLongAsTheRuleWantsIt() {
        long calls = Pairs.callsPerLap(trial("a", 1e-6), RULE);
        assertThat(calls * 1e-6).isBetween(0.001, 0.002 + 1e-6);
    }

    @Test
    void noisyTimesStopWhenTimeIsUpAndSaySo() {
        SplittableRandom random = new SplittableRandom(5);
        FakeTrial noisy = new FakeTrial("a", log, FakeTrial.right(), lap -> 0.001 * (1 + random.nextDouble()));
        long[] now = {0};
        Laps laps = Pairs.alone(noisy, RULE, () -> now[0] += 100_000_000);
        assertThat(laps.settled()).isFalse();
        assertThat(laps.laps()).hasSize(20);
    }

    @Test
    void timesOfOneContenderAreAsLargeAsThemselves() {
        SplittableRandom random = new SplittableRandom(6);
        double[] times = DoubleStream.generate(() -> Math.exp(0.05 * random.nextGaussian()))
                .limit(400)
                .toArray();
        Interval itself = Ratio.ofItself(times);
        assertThat(itself.contains(1)).isTrue();
        // 200 ratios of deviation 0.05 sqrt(2): the median's own is 1.25 of 1 / sqrt(200) of that, 0.0063; four of
        // them.
        assertThat(itself.high() - itself.low()).isLessThan(2 * 4 * 0.0063);
        assertThat(Ratio.ofItself(new double[] {1, 2, 1, 2}).value()).isEqualTo(2);
    }

    @Test
    void fewerThanTwoPairsAreRefused() {
        assertThatThrownBy(() -> StoppingRule.of(1, true)).hasMessageContaining("at least 2 pairs");
    }
}

package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.engine.Hyper;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Schedules, cadences, losses and optimisers as values. */
class ValuesTest {
    /** All steps at which it fires; what it says about the future must agree, from wherever it is asked. */
    private static List<Long> firings(Cadence cadence, long steps) {
        List<Long> firings = LongStream.rangeClosed(0, steps)
                .filter(s -> cadence.fires(s, steps))
                .boxed()
                .toList();
        for (long from = 0; from <= steps; from++) {
            for (long to = from; to <= Math.min(steps + 1, from + 20); to++) {
                long first = from;
                while (first < to && !firings.contains(first)) {
                    first++;
                }
                assertThat(cadence.next(from, to, steps))
                        .as("first of %d .. %d", from, to - 1)
                        .isEqualTo(first);
            }
        }
        return firings;
    }

    @Test
    void everyNAndTheLast() {
        assertThat(firings(Cadence.every(4), 10)).containsExactly(0L, 4L, 8L, 10L);
        assertThat(firings(Cadence.every(5), 10)).containsExactly(0L, 5L, 10L);
        assertThat(firings(Cadence.every(1), 2)).containsExactly(0L, 1L, 2L);
    }

    @Test
    void logSpacedMergesRepeats() {
        assertThat(firings(Cadence.logSpaced(1), 2000)).containsExactly(0L, 1L, 10L, 100L, 1000L, 2000L);
        // 10^(j/4): 1, 1.78, 3.16, 5.62, 10, 17.8, 31.6, 56.2, 100
        assertThat(firings(Cadence.logSpaced(4), 100)).containsExactly(0L, 1L, 2L, 3L, 6L, 10L, 18L, 32L, 56L, 100L);
    }

    @Test
    void chosenStepsAndEnds() {
        assertThat(firings(Cadence.at(3L, 7L), 10)).containsExactly(3L, 7L);
        assertThat(firings(Cadence.ends(), 10)).containsExactly(0L, 10L);
        assertThat(firings(Cadence.ends().or(Cadence.at(5L)), 10)).containsExactly(0L, 5L, 10L);
        assertThatIllegalArgumentException().isThrownBy(() -> Cadence.every(0)).withMessageContaining("n >= 1");
    }

    @Test
    void stepScheduleHoldsUntilTheNextKey() {
        Schedule schedule = new Schedule.Steps(new TreeMap<>(Map.of(10L, 0.5, 20L, 0.1)));
        assertThat(schedule.factor(0)).isEqualTo(1);
        assertThat(schedule.factor(9)).isEqualTo(1);
        assertThat(schedule.factor(10)).isEqualTo(0.5);
        assertThat(schedule.factor(19)).isEqualTo(0.5);
        assertThat(schedule.factor(1000)).isEqualTo(0.1);
    }

    @Test
    void epochMapsAreRelativeToTheBaseRate() {
        Schedule schedule = Schedule.Steps.ofEpochs(Map.of(0, 0.2, 20, 0.1), 0.2, 100);
        assertThat(schedule.factor(1999)).isEqualTo(1);
        assertThat(schedule.factor(2000)).isEqualTo(0.5);
    }

    @Test
    void cosineFallsToItsFloorAndStays() {
        Schedule schedule = new Schedule.Cosine(100, 0.2);
        assertThat(schedule.factor(0)).isEqualTo(1);
        // 0.2 + 0.8 (1 + cos(pi / 2)) / 2: a difference, a product and a sum are rounded, and 0.6 is.
        assertThat(schedule.factor(50)).isCloseTo(0.6, within(2 * Math.ulp(0.6)));
        assertThat(schedule.factor(100)).isEqualTo(0.2);
        assertThat(schedule.factor(500)).isEqualTo(0.2);
    }

    @Test
    void warmUpRisesLinearly() {
        Schedule schedule = new Schedule.WarmUp(4, Schedule.CONSTANT);
        assertThat(List.of(schedule.factor(0), schedule.factor(1), schedule.factor(3), schedule.factor(4)))
                .containsExactly(0.25, 0.5, 1.0, 1.0);
    }

    @Test
    void lossConventions() {
        assertThat(Loss.MEAN_SQUARED.scale(64, 100)).isEqualTo(1 / 6400.0);
        assertThat(Loss.HALF_SQUARED_NORM.scale(64, 100)).isEqualTo(1 / 128.0);
        assertThat(Loss.CROSS_ENTROPY.scale(64, 100)).isEqualTo(1 / 64.0);
    }

    @Test
    void hyperParametersAreOneOrOnePerReplica() {
        Optimiser optimiser = Optimiser.momentum(0.1, 0.9).with(Hyper.LEARNING_RATE, List.of(0.1, 0.2, 0.3));
        HostTensor matrix = optimiser.matrix(3);
        assertThat(matrix.get(1 * 7)).isEqualTo(0.2);
        assertThat(matrix.get(2 * 7 + 1)).isEqualTo(0.9);
        assertThat(optimiser.replicas(1, 1).matrix(1).get(0)).isEqualTo(0.2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> optimiser.matrix(4))
                .withMessageContaining("LEARNING_RATE has 3 values for 4 replicas");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Optimiser.sgd(Double.NaN))
                .withMessageContaining("must be finite");
    }

    @Test
    void settingsAreValues() {
        assertThat(Optimiser.sgd(0.1)).isEqualTo(Optimiser.sgd(0.1)).isNotEqualTo(Optimiser.sgd(0.2));
        assertThat(TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.adam(1e-3), 10))
                .isEqualTo(TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.adam(1e-3), 10));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainSpec.of(Loss.HINGE, Optimiser.sgd(1), -1))
                .withMessageContaining("steps");
    }
}

package dev.rectifier.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShuffleTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 33, 100, 4095, 4096})
    void everyNumberOccursOnce(int n) {
        char[] identity = new char[n];
        for (int i = 0; i < n; i++) {
            identity[i] = (char) i;
        }
        for (int epoch = 0; epoch < 5; epoch++) {
            char[] order = Shuffle.order(n, 99, 3, epoch);
            Arrays.sort(order);
            assertThat(order).containsExactly(identity);
        }
    }

    @Test
    void keysEpochsAndReplicasGiveOtherOrders() {
        char[] order = Shuffle.order(1000, 1, 2, 3);
        assertThat(Shuffle.order(1000, 1, 2, 3)).containsExactly(order);
        assertThat(Shuffle.order(1000, 2, 2, 3)).isNotEqualTo(order);
        assertThat(Shuffle.order(1000, 1, 3, 3)).isNotEqualTo(order);
        assertThat(Shuffle.order(1000, 1, 2, 4)).isNotEqualTo(order);
    }

    /**
     * All 120 orders of 5 equally often: the statistic of Pearson over 60,000 keys has mean 119 and variance 2 * 119 if so,
     * and stays below mean + 6 deviations.
     */
    @Test
    void ordersOfFiveAreUniform() {
        int keys = 60_000;
        Map<String, Integer> counts = new HashMap<>();
        for (int epoch = 0; epoch < keys; epoch++) {
            counts.merge(Arrays.toString(Shuffle.order(5, 11, 0, epoch)), 1, Integer::sum);
        }
        double expected = keys / 120.0;
        double statistic = counts.values().stream()
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        assertThat(counts).hasSize(120);
        assertThat(statistic).isLessThan(119 + 6 * Math.sqrt(2 * 119));
    }

    /** Kept orders are those of the plan, whatever is asked before, for small sets and for large ones. */
    @ParameterizedTest
    @ValueSource(ints = {50, 5000})
    void rowNumbersAreThoseOfThePlan(int examples) {
        BatchPlan plan = BatchPlan.shuffled(examples, 7);
        Streams order = Streams.range(SeedTree.root(8).child("order"), 4, 3);
        RowNumbers numbers = new RowNumbers(plan, order, Sharing.PER_REPLICA);
        for (long step : new long[] {0, 1, 7, 8, 1, 900, 0}) {
            int[] rows = new int[plan.size(step)];
            int[] expected = new int[rows.length];
            numbers.at(step).write(rows, 0, 2);
            plan.rows(expected, 0, order.node().key(), 6, step);
            assertThat(rows).containsExactly(expected);
        }
    }
}

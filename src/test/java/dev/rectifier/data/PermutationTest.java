package dev.rectifier.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
    private static int[] images(int n, long key) {
        int[] images = new int[n];
        Arrays.setAll(images, i -> Permutation.apply(n, key, i));
        return images;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 1000, 4096, 100_000})
    void everyNumberOccursOnce(int n) {
        int[] identity = new int[n];
        Arrays.setAll(identity, i -> i);
        for (int epoch = 0; epoch < 5; epoch++) {
            int[] images = images(n, Permutation.keyOf(99, 3, epoch));
            Arrays.sort(images);
            assertThat(images).containsExactly(identity);
        }
    }

    @Test
    void keysEpochsAndReplicasGiveOtherOrders() {
        int[] order = images(1000, Permutation.keyOf(1, 2, 3));
        assertThat(images(1000, Permutation.keyOf(1, 2, 3))).containsExactly(order);
        assertThat(images(1000, Permutation.keyOf(2, 2, 3))).isNotEqualTo(order);
        assertThat(images(1000, Permutation.keyOf(1, 3, 3))).isNotEqualTo(order);
        assertThat(images(1000, Permutation.keyOf(1, 2, 4))).isNotEqualTo(order);
    }

    /** The image of one place among 1000: 1000 cells, 200,000 keys. */
    @Test
    void imagesOfOnePlaceAreUniform() {
        int n = 1000;
        int keys = 200_000;
        int[] counts = new int[n];
        for (int epoch = 0; epoch < keys; epoch++) {
            counts[Permutation.apply(n, Permutation.keyOf(5, 1, epoch), 17)]++;
        }
        double expected = (double) keys / n;
        double statistic = Arrays.stream(counts)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        assertThat(statistic).isBetween(999 - 6 * Math.sqrt(2 * 999), 999 + 6 * Math.sqrt(2 * 999));
    }
}

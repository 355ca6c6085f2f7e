package dev.rectifier.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.tensor.Philox;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    @Test
    void theLastBatchOfAnEpochIsSmaller() {
        BatchPlan plan = BatchPlan.shuffled(100_000, 64);
        assertThat(plan.stepsPerEpoch()).isEqualTo(1563);
        assertThat(plan.size(0)).isEqualTo(64);
        assertThat(plan.size(1562)).isEqualTo(32);
        assertThat(plan.size(1563)).isEqualTo(64);
        assertThat(plan.epoch(1562)).isZero();
        assertThat(plan.epoch(1563)).isEqualTo(1);
    }

    @Test
    void anEpochVisitsEveryExampleOnce() {
        BatchPlan plan = BatchPlan.shuffled(103, 10);
        for (long epoch = 0; epoch < 3; epoch++) {
            int[] visits = new int[103];
            long first = epoch * plan.stepsPerEpoch();
            LongStream.range(first, first + plan.stepsPerEpoch()).forEach(step -> {
                int[] rows = new int[plan.size(step)];
                plan.rows(rows, 0, 42, 1, step);
                Arrays.stream(rows).forEach(row -> visits[row]++);
            });
            assertThat(visits).containsOnly(1);
        }
    }

    @Test
    void aStepNeedsNoHistory() {
        BatchPlan plan = BatchPlan.shuffled(50, 7);
        int[] first = new int[7];
        int[] again = new int[9];
        plan.rows(first, 0, 42, 1, 12);
        plan.rows(again, 2, 42, 1, 12);
        assertThat(Arrays.copyOfRange(again, 2, 9)).containsExactly(first);
    }

    @Test
    void replacementFollowsTheGeneratorsRule() {
        BatchPlan plan = BatchPlan.withReplacement(10, 6);
        int[] rows = new int[6];
        plan.rows(rows, 0, 42, 5, 3);
        int[] words = new int[8];
        new Philox(42, 5, 3).words(0, 2, words);
        for (int i = 0; i < 6; i++) {
            long word = words[(i % 4) * 2 + i / 4] & 0xffffffffL;
            assertThat(rows[i]).isEqualTo((int) ((word * 10) >> 32));
        }
    }

    @Test
    void replacementMayDrawMoreThanThereAre() {
        assertThat(BatchPlan.withReplacement(3, 8).size(77)).isEqualTo(8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchPlan.shuffled(3, 8))
                .withMessageContaining("batches of 8 from 3");
    }

    @Test
    void sequentialStartsAnew() {
        BatchPlan plan = new BatchPlan(5, 2, BatchPlan.Order.SEQUENTIAL);
        int[] rows = new int[2];
        plan.rows(rows, 0, 0, 0, 4);
        assertThat(rows).containsExactly(2, 3);
    }
}

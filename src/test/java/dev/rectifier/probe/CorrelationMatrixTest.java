package dev.rectifier.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CorrelationMatrixTest {
    /** Two teacher nodes, four student nodes. */
    private final CorrelationMatrix matrix =
            new CorrelationMatrix(2, new double[] {0.1, 0.9, 0.5, -1, 0.2, 0.3, 0.3, 0.25});

    @Test
    void theWinnerFollowsBestAndTheLowestIndexBreaksTies() {
        assertThat(matrix.winner(0)).isEqualTo(1);
        assertThat(matrix.winner(1)).isEqualTo(1);
    }

    @Test
    void rankCountsThoseThatFollowBetter() {
        assertThat(matrix.rank(0, 1)).isZero();
        assertThat(matrix.rank(0, 3)).isEqualTo(3);
        assertThat(matrix.rank(1, 2)).isZero();
        assertThat(matrix.rank(1, 3)).isEqualTo(2);
    }

    @Test
    void summariesSkipMaskedTeacherNodes() {
        assertThat(matrix.meanBest(new boolean[] {true, true})).isEqualTo((0.9 + 0.3) / 2);
        assertThat(matrix.meanBest(new boolean[] {true, false})).isEqualTo(0.9);
        assertThat(matrix.meanBest(new boolean[] {false, false})).isNaN();
        assertThat(matrix.coverage(new boolean[] {true, true}, 0.5)).isEqualTo(0.5);
    }

    @Test
    void aStudentNodeHasABestTeacherNodeToo() {
        assertThat(matrix.bestOfStudent(3)).isEqualTo(0.25);
    }
}

package dev.rectifier.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhiloxTest {
    // Counter and key words and the expected output, from the known-answer file of the Random123 distribution.
    @Test
    void knownAnswersZero() {
        assertThat(words(0, 0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    }

    @Test
    void knownAnswersOnes() {
        assertThat(words(-1, -1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    }

    @Test
    void knownAnswersPi() {
        int[] words = words(0x243f6a88, 0x85a308d3, 0x0370734413198a2eL, 0x299f31d0a4093822L);
        assertThat(words).containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void groupsAreIndependentOfHowTheyAreMade() {
        Philox block = new Philox(7, 3, 11);
        int[] together = new int[4 * 9];
        block.words(5, 9, together);
        int[] alone = new int[4];
        for (int b = 0; b < 9; b++) {
            block.words(5 + b, 1, alone);
            assertThat(alone).containsExactly(together[b], together[9 + b], together[18 + b], together[27 + b]);
        }
    }

    private static int[] words(int group, int replica, long step, long key) {
        int[] words = new int[4];
        new Philox(key, replica, step).words(group, 1, words);
        return words;
    }
}

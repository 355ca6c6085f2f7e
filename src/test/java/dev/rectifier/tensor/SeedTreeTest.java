package dev.rectifier.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedTreeTest {
    @Test
    void keysNeverChange() {
        SeedTree root = SeedTree.root(1);
        assertThat(root.key()).isEqualTo(1686157413413187150L);
        assertThat(root.child("initial weights").key()).isEqualTo(3531585738717623876L);
        assertThat(root.child("initial weights").child(3).key()).isEqualTo(2030783501944243124L);
        assertThat(root.child(-1).key()).isEqualTo(2976690554701899028L);
    }

    @Test
    void siblingsAndLevelsDiffer() {
        Set<Long> keys = new HashSet<>();
        SeedTree root = SeedTree.root(0);
        int made = 0;
        for (long i = 0; i < 1000; i++) {
            keys.add(root.child(i).key());
            keys.add(root.child("p").child(i).key());
            keys.add(root.child(Long.toString(i)).key());
            keys.add(SeedTree.root(i).key());
            made += 4;
        }
        assertThat(keys).hasSize(made);
    }

    @Test
    void paddingDoesNotConfusePurposes() {
        SeedTree root = SeedTree.root(0);
        assertThat(root.child("a")).isNotEqualTo(root.child("a\0"));
        assertThat(root.child("")).isNotEqualTo(root);
        assertThat(root.child("abcdefgh").child("i")).isNotEqualTo(root.child("abcdefghi"));
    }
}

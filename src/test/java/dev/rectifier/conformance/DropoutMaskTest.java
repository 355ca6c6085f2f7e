package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropout masks keep as many as they should, whatever the step, and neighbours in them have nothing to do with each other. */
class DropoutMaskTest extends OnEveryEngine {
    private static final int ELEMENTS = 1 << 20;
    private static final double DEVIATIONS = 6; // beyond them one run in 10^9

    private static int[] mask(double keep, long step) {
        try (Arena arena = SOURCE.reference().openArena("masks")) {
            HostTensor stream = HostTensor.zeros(DType.I64, Shape.of(1, 2));
            stream.longs()[0] = SeedTree.root(11).child("dropout").key();
            View words = arena.zeros(DType.I32, Shape.of(1, PointwiseOps.maskWords(ELEMENTS)))
                    .view();
            SOURCE.reference().random().keep(words, arena.upload(stream).view(), step, ELEMENTS, keep);
            return words.download().ints();
        }
    }

    private static int ones(int[] words) {
        return Arrays.stream(words).map(Integer::bitCount).sum();
    }

    private static void requireShare(int count, double share) {
        requireShare(count, share, share * (1 - share));
    }

    private static void requireShare(int count, double share, double variance) {
        double deviation = Math.sqrt(ELEMENTS * variance);
        assertThat((double) count)
                .isBetween(ELEMENTS * share - DEVIATIONS * deviation, ELEMENTS * share + DEVIATIONS * deviation);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.8, 0.01})
    void theShareKeptIsTheProbability(double keep) {
        int[] first = mask(keep, 0);
        int[] later = mask(keep, 1);
        requireShare(ones(first), keep);
        requireShare(ones(later), keep);
        int[] both = first.clone();
        int[] neighbours = first.clone();
        for (int i = 0; i < both.length; i++) {
            both[i] &= later[i];
            int before = first[(i + both.length - 1) % both.length] >>> 31;
            neighbours[i] &= first[i] << 1 | before;
        }
        requireShare(ones(both), keep * keep);
        double pairs =
                keep * keep * (1 - keep * keep) + 2 * Math.pow(keep, 3) * (1 - keep); // a pair shares elements with two
        requireShare(ones(neighbours), keep * keep, pairs);
    }
}

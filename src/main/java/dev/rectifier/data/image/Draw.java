package dev.rectifier.data.image;

import dev.rectifier.tensor.Philox;
import dev.rectifier.tensor.SeedTree;
import java.util.Arrays;

/** Some of many without replacement: the beginning of Fisher and Yates' shuffle, word i of block (seed, 0, 0) for place i. */
final class Draw {
    private Draw() {}

    /** {@code n} of {@code from}, ascending; {@code from} is shuffled. */
    static int[] of(int n, int[] from, SeedTree seed) {
        if (n < 0 || n > from.length) {
            throw new IllegalArgumentException("Cannot draw " + n + " of " + from.length + " images.");
        }
        int groups = (n + 3) / 4;
        int[] words = new int[4 * groups];
        new Philox(seed.key(), 0, 0).words(0, groups, words);
        for (int i = 0; i < n; i++) {
            long word = words[(i & 3) * groups + (i >> 2)] & 0xffffffffL;
            int j = i + (int) ((word * (from.length - i)) >>> 32);
            int kept = from[i];
            from[i] = from[j];
            from[j] = kept;
        }
        int[] drawn = Arrays.copyOf(from, n);
        Arrays.sort(drawn);
        return drawn;
    }
}
